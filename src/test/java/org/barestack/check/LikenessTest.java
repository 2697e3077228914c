package org.barestack.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.barestack.model.Node;
import org.barestack.model.Role;
import org.barestack.model.Site;
import org.barestack.render.Renderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LikenessTest {
  private static final OwnWords ONE = new OwnWords(List.of("kvm1.lab", "kvm1", "10.0.0.1"));
  private static final OwnWords TWO = new OwnWords(List.of("kvm2.lab", "kvm2", "10.0.0.2"));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "host kvm1.lab at 10.0.0.1 | host kvm2.lab at 10.0.0.2 | true",
        "nothing of its own        | nothing of its own        | true",
        "nothing of its own        | nothing of her own        | false",
        // in a list of all nodes
        "kvm1 of kvm1, kvm2        | kvm2 of kvm1, kvm2        | true",
        "kvm1 of kvm1, kvm2        | kvm2 of kvm1, kvm1        | false",
        // one node's word where the other has another of its words
        "host kvm1.lab             | host 10.0.0.2             | false",
        "host kvm1                 | host kvm3                 | false",
        "host 10.0.0.12            | host 10.0.0.22            | true",
        "host 10.0.0.12            | host 10.0.0.23            | false",
        "kvm1                      | kvm2 and more             | false",
        "kvm1 and more             | kvm2                      | false",
        "k                         | kvm2                      | false",
        "kvm1kvm1.lab              | kvm2kvm2.lab              | true",
      })
  void likeIsWhatDiffersInOwnWordsOnly(String one, String two, boolean like) {
    Likeness likeness = new Likeness(Map.of("file", one), ONE);
    assertThat(likeness.holds(Map.of("file", two), TWO)).isEqualTo(like);
    assertThat(likeness.holds(Map.of("file", one), ONE)).isTrue();
  }

  @Test
  void otherFilesAreNotLike() {
    Likeness likeness = new Likeness(Map.of("a", "x"), ONE);
    assertThat(likeness.holds(Map.of("b", "x"), TWO)).isFalse();
    assertThat(likeness.holds(Map.of("a", "x", "b", "y"), TWO)).isFalse();
    assertThat(likeness.holds(Map.of(), TWO)).isFalse();
  }

  /** A longer word moves all that follows, and what is said of a column would be wrong. */
  @Test
  void wordsOfOtherLengthsAreNotLike() {
    OwnWords longer = new OwnWords(List.of("kvm10.lab", "kvm10", "10.0.0.2"));
    assertThat(new Likeness(Map.of("a", "x"), ONE).holds(Map.of("a", "x"), longer)).isFalse();
  }

  /** Ten workers that differ in nothing else; one octet changed anywhere is seen. */
  @Test
  void workersOfOneKindAreLikeAndOneOctetIsSeen(@TempDir Path folder) {
    long seed = new SplittableRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    Site site = Workers.site(folder, 9);
    Renderer renderer = Renderer.forOnePass(List.of());
    List<Node> workers =
        site.nodes().stream().filter(node -> node.role().equals(Role.KVM_WORKER)).toList();
    Node first = workers.getFirst();
    Likeness likeness = new Likeness(renderer.artefacts(site, first), OwnWords.of(site, first));
    for (Node other : workers) {
      Map<String, String> files = renderer.artefacts(site, other);
      OwnWords words = OwnWords.of(site, other);
      assertThat(likeness.holds(files, words)).as(other.name().text()).isTrue();
      for (int i = 0; i < 200; i++) {
        Map<String, String> changed = new LinkedHashMap<>(files);
        String name = List.copyOf(files.keySet()).get(random.nextInt(files.size()));
        StringBuilder text = new StringBuilder(files.getOrDefault(name, ""));
        int at = random.nextInt(text.length());
        text.setCharAt(at, text.charAt(at) == '~' ? '!' : '~');
        changed.put(name, text.toString());
        assertThat(likeness.holds(changed, words))
            .as("seed " + seed + ": " + name + " at " + at)
            .isFalse();
      }
    }
  }

  @Test
  void longWordsComeFirst() {
    assertThat(ONE.longestFirst()).containsExactly(0, 2, 1);
  }
}
