package org.barestack.rehearse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class AcceleratorTest {
  @Test
  void translatesInSoftware() {
    assertThat(Accelerator.choose(Map.of())).isEqualTo(Accelerator.TCG);
    assertThat(Accelerator.choose(Map.of("BARESTACK_ACCEL", "other"))).isEqualTo(Accelerator.TCG);
  }

  @Test
  void takesKvmWhenItIsAskedFor() {
    assertThat(Accelerator.choose(Map.of("BARESTACK_ACCEL", "kvm"))).isEqualTo(Accelerator.KVM);
  }
}
