package org.barestack.verify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.barestack.testing.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of digests, and streams held against them. */
class ChecksumFileTest {
  private static final String A = "aB".repeat(32);
  private static final String B = "cd".repeat(32);
  private static final String LONG = "0e".repeat(64);

  @TempDir Path folder;

  private static ChecksumFile parse(String text) throws MalformedException {
    return ChecksumFile.parse("CHECKSUM", text.getBytes(UTF_8));
  }

  /** As of Rocky: three files, sizes as comments. */
  @Test
  void withSizes() throws MalformedException {
    ChecksumFile file =
        parse(
            """
            # Rocky-10.1-x86_64-boot.iso: 1234567890 bytes
            SHA256 (Rocky-10.1-x86_64-boot.iso) = %s
            # Rocky-10.1-x86_64-minimal.iso: 2 bytes
            SHA256 (Rocky-10.1-x86_64-minimal.iso) = %s
            SHA256 (a name) (2).iso) = %s
            """
                .formatted(A, B, B));
    assertThat(file.file("Rocky-10.1-x86_64-boot.iso"))
        .contains(new ExpectedContent("SHA-256", "ab".repeat(32), OptionalLong.of(1234567890L)));
    assertThat(file.file("a name) (2).iso")).contains(ExpectedContent.sha256(B));
    assertThat(file.file("rocky-10.1-x86_64-boot.iso")).isEmpty();
    assertThat(file.files()).hasSize(3);
  }

  /** What sha256sum and sha512sum write. */
  @Test
  void ofCoreutils() throws IOException {
    Files.writeString(folder.resolve("a b"), "text");
    for (String program : new String[] {"sha256sum", "sha512sum"}) {
      for (String option : new String[] {"-b", "-t", "--tag"}) {
        Command.Result sums =
            Command.of(
                    "bash",
                    "-c",
                    "cd \"$1\" && \"$2\" \"$3\" *",
                    "_",
                    folder.toString(),
                    program,
                    option)
                .run();
        // binary and text mode are the same on Linux; --tag knows no text mode
        ExpectedContent content = parse(sums.output()).file("a b").orElseThrow();
        try (InputStream in = content.of(new ByteArrayInputStream("text".getBytes(UTF_8)), "a b")) {
          assertThat(in.readAllBytes()).hasSize(4);
        }
      }
    }
  }

  @Test
  void theStrongestOfSeveral() throws MalformedException {
    assertThat(
            parse(
                    "MD5 (a) = 00\nSHA1 (a) = 11\nSHA256 (a) = %s\nSHA512 (a) = %s\n"
                        .formatted(A, LONG))
                .file("a"))
        .contains(new ExpectedContent("SHA-512", LONG, OptionalLong.empty()));
    // said twice alike is no fault
    assertThat(
            parse("SHA256 (a) = %s\n%s  a\n".formatted(A, A.toLowerCase(java.util.Locale.ROOT)))
                .files())
        .hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SHA256 (a) = A;SHA256 (a) = B      | line 2: says something else than a line before it",
        "A  a;B  a                          | line 2: says something else than a line before it",
        "# a: 1 bytes;# a: 2 bytes;A  a     | line 2: says something else than a line before it",
        "SHA256 (a) = 1234                  | line 1: no SHA-256, SHA-384 or SHA-512",
        "1234  a                            | line 1: no SHA-256, SHA-384 or SHA-512",
        "SHA512 (a) = A                     | line 1: no SHA-256, SHA-384 or SHA-512",
        "WHIRLPOOL (a) = A                  | line 1: no SHA-256, SHA-384 or SHA-512",
        "A a                                | line 1: neither 'SHA256 (FILE) = HEX' nor 'HEX "
            + " FILE'",
        "hello                              | line 1: neither",
        "# a: 1 bytes                       | holds no SHA-256",
        "MD5 (a) = 00                       | holds no SHA-256",
      })
  void isRefused(String lines, String problem) {
    String text = lines.replace(';', '\n').replaceAll("\\bA\\b", A).replaceAll("\\bB\\b", B) + "\n";
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(MalformedException.class)
        .hasMessageStartingWith("CHECKSUM: ")
        .hasMessageContaining(problem);
  }

  private static final ExpectedContent TEXT =
      new ExpectedContent(
          "SHA-256",
          "982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1",
          OptionalLong.of(4));

  private static String read(String text, ExpectedContent expected) {
    try (InputStream in = expected.of(new ByteArrayInputStream(text.getBytes(UTF_8)), "a.iso")) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void streams() throws IOException {
    assertThat(read("text", TEXT)).isEqualTo("text");
    assertThat(read("tex", TEXT)).isEqualTo("a.iso has 3 octets, and should have 4");
    assertThat(read("texts", TEXT)).isEqualTo("a.iso is longer than the 4 octets it should have");
    assertThat(read("Text", TEXT)).startsWith("a.iso has the SHA-256 ").endsWith(TEXT.digest());
    ExpectedContent unsized = ExpectedContent.sha256(TEXT.digest());
    assertThat(read("text", unsized)).isEqualTo("text");
    assertThat(read("", unsized)).startsWith("a.iso has the SHA-256 e3b0c442");
    try (InputStream in = TEXT.of(new ByteArrayInputStream("text".getBytes(UTF_8)), "a.iso")) {
      assertThat(in.read()).isEqualTo('t');
      assertThat(in.skip(2)).isEqualTo(2);
      assertThat(in.read()).isEqualTo('t');
      assertThat(in.read()).isEqualTo(-1);
      assertThat(in.read()).isEqualTo(-1);
    }
    assertThatIllegalArgumentException().isThrownBy(() -> ExpectedContent.sha256("00"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ExpectedContent("MD5", "00", OptionalLong.empty()));
  }
}
