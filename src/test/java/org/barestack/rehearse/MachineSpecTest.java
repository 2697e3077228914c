package org.barestack.rehearse;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** QEMU reads commas and equals signs in its arguments: none may come in from outside. */
class MachineSpecTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "a,b", "a=b", "a b", "a/b"})
  void refusesNamesThatWouldBeArguments(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> machine(text, "SN-1"));
    assertThatIllegalArgumentException().isThrownBy(() -> machine("kvm1", text));
    assertThatIllegalArgumentException().isThrownBy(() -> new Disk(Path.of("d"), 1, text));
  }

  private static MachineSpec machine(String name, String serial) {
    return new MachineSpec(
        name,
        Firmware.BIOS,
        List.of(),
        512,
        List.of(),
        new UUID(0, 0),
        serial,
        BootOrder.DISK_FIRST);
  }
}
