package org.barestack.rehearse;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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

  /** KVM if this process may open it, unless the environment says {@code BARESTACK_ACCEL=tcg}. */
  public static Accelerator choose() {
    return choose(System.getenv(), Path.of("/dev/kvm"));
  }

  static Accelerator choose(Map<String, String> environment, Path kvm) {
    return "tcg".equals(environment.get("BARESTACK_ACCEL")) || !opens(kvm) ? TCG : KVM;
  }

  private static boolean opens(Path device) {
    try (FileChannel _ =
        FileChannel.open(device, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  List<String> arguments() {
    return List.of("-accel", option, "-cpu", cpu);
  }
}
