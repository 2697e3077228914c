package org.barestack.rehearse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabTest {
  private static String named(long pid, long started) {
    return "barestack-" + pid + "-" + started + "-1";
  }

  private static long started(ProcessHandle process) {
    return process.info().startInstant().orElse(Instant.EPOCH).getEpochSecond();
  }

  @Test
  void aLabOfALivingProcessStays() {
    ProcessHandle self = ProcessHandle.current();
    assertThat(Lab.isLeftover(named(self.pid(), started(self)))).isFalse();
  }

  @Test
  void aProcessNumberUsedAgainIsNoOwner() {
    ProcessHandle self = ProcessHandle.current();
    assertThat(Lab.isLeftover(named(self.pid(), started(self) - 1000))).isTrue();
  }

  @Test
  void aLabOfAnEndedProcessIsLeftOver() throws IOException, InterruptedException {
    Process child = new ProcessBuilder("true").start();
    String name = named(child.pid(), started(child.toHandle()));
    child.waitFor();
    assertThat(Lab.isLeftover(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"default", "barestack", "barestack-1-2", "mybarestack-1-2-3"})
  void otherNamespacesAreNotOurs(String name) {
    assertThat(Lab.isLeftover(name)).isFalse();
  }
}
