package org.barestack.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DownloadsTest {
  private final List<String> told = new ArrayList<>();

  private final class Load implements Downloads.Load {
    private final String name;
    private final int machine;
    private long sent;
    private boolean open = true;
    private boolean goes;

    Load(String name, int machine) {
      this.name = name;
      this.machine = machine;
    }

    @Override
    public InetAddress peer() {
      return InetAddress.ofLiteral("10.0.0." + machine);
    }

    @Override
    public long sent() {
      return sent;
    }

    @Override
    public boolean open() {
      return open;
    }

    @Override
    public void go() {
      goes = true;
      told.add(name + " goes");
    }

    @Override
    public void abandon() {
      told.add(name + " is left");
    }

    @Override
    public void trickle() {
      told.add(name + " waits");
    }
  }

  private Load entered(Downloads downloads, String name, int machine) {
    Load load = new Load(name, machine);
    downloads.enter(load, Downloads.LARGE + 1);
    return load;
  }

  @Test
  void soManyGoAndTheOthersWaitForTheirTurn() {
    Downloads downloads = new Downloads(2);
    Load a = entered(downloads, "a", 1);
    entered(downloads, "b", 2);
    entered(downloads, "c", 3);
    entered(downloads, "d", 4);
    assertThat(told).containsExactly("a goes", "b goes", "c waits", "d waits");
    downloads.leave(a);
    assertThat(told).endsWith("d waits", "c goes");
  }

  @Test
  void aMachineThatHasBegunGoesBeforeOneThatHasNot() {
    Downloads downloads = new Downloads(1);
    Load kernel = entered(downloads, "kernel of 1", 1);
    entered(downloads, "kernel of 2", 2);
    entered(downloads, "kernel of 3", 3);
    Load initrd = entered(downloads, "initrd of 1", 1);
    downloads.leave(kernel);
    assertThat(told).endsWith("initrd of 1 goes");
    downloads.leave(initrd);
    assertThat(told).endsWith("kernel of 2 goes");
  }

  @Test
  void whoIsSlowGoesOnAndTakesNoPlace() {
    Downloads downloads = new Downloads(2);
    Load slow = entered(downloads, "slow", 1);
    Load fast = entered(downloads, "fast", 2);
    entered(downloads, "next", 3);
    slow.sent = Downloads.SLOW - 1;
    fast.sent = Downloads.SLOW;
    downloads.pulse();
    assertThat(told).endsWith("next waits", "next goes");
    entered(downloads, "last", 4);
    downloads.leave(slow);
    assertThat(told).endsWith("last waits");
    downloads.leave(fast);
    assertThat(told).endsWith("last goes");
  }

  @Test
  void whoWaitsIsShownThatTheServerLives() {
    Downloads downloads = new Downloads(1);
    Load first = entered(downloads, "first", 1);
    entered(downloads, "second", 2);
    for (int i = 0; i < 3; i++) {
      first.sent += Downloads.SLOW;
      downloads.pulse();
    }
    assertThat(told)
        .containsExactly(
            "first goes", "second waits", "second waits", "second waits", "second waits");
  }

  @Test
  void whatIsSmallGoesAtOnceAndTakesNoPlace() {
    Downloads downloads = new Downloads(1);
    for (int i = 1; i < 5; i++) {
      downloads.enter(new Load("small " + i, i), Downloads.LARGE);
    }
    entered(downloads, "large", 5);
    assertThat(told)
        .containsExactly(
            "small 1 goes", "small 2 goes", "small 3 goes", "small 4 goes", "large goes");
  }

  @Test
  void whoIsGoneHoldsNoPlaceAndGetsNone() {
    Downloads downloads = new Downloads(1);
    Load first = entered(downloads, "first", 1);
    Load second = entered(downloads, "second", 2);
    Load third = entered(downloads, "third", 3);
    first.open = false;
    second.open = false;
    downloads.pulse();
    assertThat(told).contains("first is left", "second is left", "third goes");
    downloads.leave(second);
    downloads.leave(first);
    downloads.leave(third);
    assertThat(entered(downloads, "fourth", 4).goes).isTrue();
  }

  /** Whatever happens: all get to go, and never more than there are places at once. */
  @Test
  void nobodyIsForgotten() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("downloads: -Dseed=" + seed);
    SplittableRandom random = new SplittableRandom(seed);
    Downloads downloads = new Downloads(5);
    List<Load> all = new ArrayList<>();
    List<Load> under = new ArrayList<>();
    for (int i = 0; i < 5_000 || !under.isEmpty(); i++) {
      if (i < 5_000 && random.nextInt(3) > 0) {
        Load load = entered(downloads, "n" + i, random.nextInt(1, 255));
        all.add(load);
        under.add(load);
      }
      List<Load> going = under.stream().filter(load -> load.goes).toList();
      assertThat(going).hasSizeLessThanOrEqualTo(5);
      going.forEach(load -> load.sent += Downloads.SLOW);
      if (random.nextInt(10) == 0) {
        downloads.pulse();
      }
      if (!going.isEmpty() && random.nextBoolean()) {
        Load done = going.get(random.nextInt(going.size()));
        downloads.leave(done);
        under.remove(done);
      }
    }
    assertThat(all).allMatch(load -> load.goes);
    assertThat(downloads.queue()).isEmpty();
  }
}
