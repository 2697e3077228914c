package org.barestack.storm;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Switches all machines of an order on, and waits until the last has ended. */
public final class Storm {
  private final Order order;
  private final Losses losses;

  private Storm(Order order) {
    this.order = order;
    this.losses = new Losses(order.loss(), order.seed());
  }

  /**
   * Lets it break loose.
   *
   * @param ended is told how many machines have ended, as they end
   * @throws IOException if this host cannot be such a network: the message says what it lacks
   */
  public static Report run(Order order, IntConsumer ended)
      throws IOException, InterruptedException {
    return new Storm(order).run(ended);
  }

  private Report run(IntConsumer ended) throws IOException, InterruptedException {
    try (Addresses own = new Addresses(order.device());
        Air air = new Air(order.device(), losses)) {
      List<Machine> machines = machines(air, own);
      AtomicReferenceArray<Course> courses = new AtomicReferenceArray<>(machines.size());
      CountDownLatch left = new CountDownLatch(machines.size());
      AtomicInteger count = new AtomicInteger();
      List<Thread> threads = new ArrayList<>();
      long begin = System.nanoTime();
      for (int i = 0; i < machines.size(); i++) {
        int number = i;
        long wait = order.over().toNanos() * i / machines.size();
        threads.add(
            Thread.ofVirtual()
                .name("storm-" + i)
                .start(() -> {
                  try {
                    TimeUnit.NANOSECONDS.sleep(begin + wait - System.nanoTime());
                    courses.set(number, machines.get(number).run());
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt(); // out of time
                  } finally {
                    left.countDown();
                    ended.accept(count.incrementAndGet());
                  }
                }));
      }
      boolean all = left.await(order.over().plus(order.limit()).toNanos(), TimeUnit.NANOSECONDS);
      Duration wall = Duration.ofNanos(System.nanoTime() - begin);
      if (!all) {
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
          thread.join();
        }
      }
      List<Course> ends = new ArrayList<>();
      for (int i = 0; i < machines.size(); i++) {
        @Nullable Course course = courses.get(i);
        ends.add(course != null ? course : machines.get(i).outOfTime(wall.toNanos()));
      }
      return Report.of(ends, wall, losses.lost(), air.missed());
    }
  }

  private List<Machine> machines(Air air, Addresses own) {
    SplittableRandom random = new SplittableRandom(order.seed());
    List<Machine> machines = new ArrayList<>();
    for (int i = 0; i < order.machines().size(); i++) {
      Kind kind = order.kinds().get(i % order.kinds().size());
      machines.add(new Machine(order.machines().get(i), kind, air, own, losses, random.split()));
    }
    return machines;
  }
}
