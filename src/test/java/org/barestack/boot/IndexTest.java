package org.barestack.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.barestack.model.InstallId;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeName;
import org.barestack.model.Phase;
import org.barestack.model.Subject;
import org.barestack.testing.InMemoryJournal;
import org.junit.jupiter.api.Test;

class IndexTest {
  private static final int MANY = 200;

  /** Counts what is read of it. */
  private static final class Counted extends InMemoryJournal {
    private final AtomicLong read = new AtomicLong();

    @Override
    public List<NodeEvent> since(long sequence) {
      List<NodeEvent> news = super.since(sequence);
      read.addAndGet(news.size());
      return news;
    }
  }

  private static NodeName name(int i) {
    return new NodeName("kvm" + i);
  }

  @Test
  void manyThatAskAtOnceReadEachEventOnce() throws Exception {
    Counted journal = new Counted();
    Index index = new Index(journal);
    CyclicBarrier start = new CyclicBarrier(MANY);
    ConcurrentLinkedQueue<Phase> seen = new ConcurrentLinkedQueue<>();

    try (var machines = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all =
          IntStream.range(0, MANY)
              .<Future<?>>mapToObj(i ->
                  machines.submit(() -> {
                    start.await(10, TimeUnit.SECONDS);
                    journal.append(
                        NodeEvent.of(
                            Instant.EPOCH,
                            new Subject.OfNode(name(i)),
                            Kind.INSTALL_OPENED,
                            new InstallId("bsabcdefghij"),
                            Map.of("token", "%032x".formatted(i))));
                    return seen.add(index.state(name(i)).phase());
                  }))
              .toList();
      for (Future<?> one : all) {
        one.get(30, TimeUnit.SECONDS);
      }
    }

    // each saw what it had written itself
    assertThat(seen).hasSize(MANY).containsOnly(Phase.BOOTING);
    assertThat(journal.read).hasValue(MANY);
  }
}
