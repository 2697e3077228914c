package org.barestack.rehearse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabTest {
  private static String named(long pid, String started) {
    return "barestack-" + pid + "-" + started + "-1";
  }

  @Test
  void aLabOfALivingProcessStays() {
    long self = ProcessHandle.current().pid();
    assertThat(Lab.isLeftover(named(self, Lab.started(self)))).isFalse();
  }

  @Test
  void aProcessNumberUsedAgainIsNoOwner() {
    assertThat(Lab.isLeftover(named(ProcessHandle.current().pid(), "1"))).isTrue();
  }

  @Test
  void aLabOfAnEndedProcessIsLeftOver() throws IOException, InterruptedException {
    Process child = new ProcessBuilder("cat").start();
    String name = named(child.pid(), Lab.started(child.pid()));
    assertThat(Lab.isLeftover(name)).isFalse();
    child.getOutputStream().close();
    child.waitFor();
    assertThat(Lab.isLeftover(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"default", "barestack", "barestack-1-2", "mybarestack-1-2-3"})
  void otherNamespacesAreNotOurs(String name) {
    assertThat(Lab.isLeftover(name)).isFalse();
  }
}
