package org.barestack.command;

import org.barestack.cloud.Hypervisor;
import picocli.CommandLine.Option;

/** The option by which a cloud of simulated hosts is made. */
final class HypervisorOption {
  @Option(
      names = "--hypervisor",
      paramLabel = "NAME",
      hidden = true,
      description = "KVM, or Simulator for CloudStack's own simulator (default: KVM).")
  private String name = Hypervisor.KVM.toString();

  Hypervisor get() {
    return Hypervisor.named(name)
        .orElseThrow(
            () -> Failure.badInput("--hypervisor " + name + ": there are KVM and Simulator"));
  }
}
