package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.barestack.command.Failure;
import org.barestack.command.ServeCommand;
import org.barestack.command.Server;
import org.barestack.testing.Examples;
import org.barestack.testing.InMemoryJournal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What {@code serve} is told to serve, by its options. */
class ServeOptionsTest {
  @TempDir private Path folder = Path.of("");

  @ParameterizedTest(name = "{0}: secrets {1}, cloud {2}")
  @CsvSource({"'', true, true", "--no-cloud, true, false", "--no-secrets, false, true"})
  void whatIsLeftOut(String option, boolean secrets, boolean cloud) {
    Server.Order order = order(option);
    assertThat(order.secrets() != null).isEqualTo(secrets);
    assertThat(order.cloud()).isEqualTo(cloud);
  }

  /** The password is a secret, so without any the cloud is left alone, too. */
  @Test
  void withoutSecretsThereIsNoCloud() {
    assertThat(Assembly.cloud(order("--no-secrets"), new InMemoryJournal())).isNull();
    assertThat(Assembly.cloud(order("--no-cloud"), new InMemoryJournal())).isNull();
    assertThat(Assembly.cloud(order(""), new InMemoryJournal())).isNotNull();
  }

  private Server.Order order(String option) {
    if (!folder.resolve("site.yaml").toFile().exists()) {
      Examples.copy("lab", folder);
      folder.resolve("secrets.pub.yaml").toFile().delete();
      String identity = "--identity=" + folder.resolve("identity");
      assertThat(Barestack.run("secrets", "init", "--site=" + folder, identity).status()).isZero();
    }
    AtomicReference<Server.Order> taken = new AtomicReference<>();
    CommandLine serve =
        new CommandLine(
            new ServeCommand(order -> {
              taken.set(order);
              throw Failure.notDone("seen");
            }));
    String[] line =
        Stream.of("--site=" + folder, "--identity=" + folder.resolve("identity"), option)
            .filter(word -> !word.isEmpty())
            .toArray(String[]::new);
    Barestack ran = Barestack.run(serve, Map.of(), line);
    assertThat(ran.err()).contains("seen");
    return Objects.requireNonNull(taken.get());
  }
}
