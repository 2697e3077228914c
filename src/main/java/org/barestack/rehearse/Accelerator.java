package org.barestack.rehearse;

import java.util.List;
import java.util.Map;

/** How QEMU runs the machine's code. */
public enum Accelerator {
  /** The processor's own virtualization. */
  KVM("kvm", "host"),

  /** Translation in software: works everywhere. "max" has the x86-64-v3 that Rocky 10 asks for. */
  TCG("tcg,thread=multi,tb-size=512", "max");

  private final String option;
  private final String cpu;

  Accelerator(String option, String cpu) {
    this.option = option;
    this.cpu = cpu;
  }

  /**
   * Software translation, unless the environment says {@code BARESTACK_ACCEL=kvm}. That /dev/kvm
   * opens proves little: in a virtual machine without nested virtualization it was seen to open,
   * and firmware then died in its first second.
   */
  public static Accelerator choose() {
    return choose(System.getenv());
  }

  static Accelerator choose(Map<String, String> environment) {
    return "kvm".equals(environment.get("BARESTACK_ACCEL")) ? KVM : TCG;
  }

  List<String> arguments() {
    return List.of("-accel", option, "-cpu", cpu);
  }
}
