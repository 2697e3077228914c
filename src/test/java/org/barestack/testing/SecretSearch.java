package org.barestack.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Looks for secrets where none may be: as they are, and as base64, hexadecimal or URL encoding
 * would write them, each alone or in the middle of something longer. Of a key in PEM each line is a
 * secret, and what its base64 stands for, too.
 */
public final class SecretSearch {
  /** Shorter parts would be found by chance. */
  private static final int LEAST = 8;

  /** What is looked for → what it is. */
  private final Map<String, String> traces = new LinkedHashMap<>();

  private SecretSearch() {}

  /**
   * A search for these.
   *
   * @param secrets by the names that a finding calls them
   */
  public static SecretSearch of(Map<String, String> secrets) {
    SecretSearch search = new SecretSearch();
    secrets.forEach(search::add);
    return search;
  }

  private void add(String name, String secret) {
    if (!secret.contains("-----BEGIN ")) {
      addText(name, secret);
      return;
    }
    StringBuilder base64 = new StringBuilder();
    for (String line : secret.split("\n", -1)) {
      if (!line.startsWith("-----") && line.length() >= LEAST) {
        addText("a line of " + name, line);
        base64.append(line);
      }
    }
    addBytes("DER of " + name, Base64.getDecoder().decode(base64.toString()));
  }

  private void addText(String name, String text) {
    assertThat(text.length()).as("length of " + name).isGreaterThanOrEqualTo(LEAST);
    trace(name, text);
    trace(name + ", URL-encoded", URLEncoder.encode(text, UTF_8));
    addBytes(name, text.getBytes(UTF_8));
  }

  private void addBytes(String name, byte[] bytes) {
    trace(name + " in bytes", new String(bytes, ISO_8859_1));
    trace(name + ", hexadecimal", HexFormat.of().formatHex(bytes));
    trace(name + ", hexadecimal", HexFormat.of().withUpperCase().formatHex(bytes));
    for (Base64.Encoder encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
      // Its octets may begin at each of three places of base64's groups.
      for (int before = 0; before < 3; before++) {
        byte[] shifted = new byte[before + bytes.length];
        System.arraycopy(bytes, 0, shifted, before, bytes.length);
        String text = encoder.withoutPadding().encodeToString(shifted);
        // A character at either end also has bits of the neighbours.
        int own = before == 0 ? 0 : before + 1;
        trace(name + ", base64", text.substring(own, shifted.length * 8 / 6));
      }
    }
  }

  private void trace(String name, String text) {
    traces.putIfAbsent(text, name);
  }

  /** Fails if one of them is there; the message names it and does not show it. */
  public void in(String where, String text) {
    traces.forEach((trace, name) ->
        assertThat(text.contains(trace)).as(name + " stands in " + where).isFalse());
  }

  /** The same in any bytes. */
  public void in(String where, byte[] bytes) {
    in(where, new String(bytes, ISO_8859_1));
  }

  /** The same in every file of a folder, and in their names. */
  public void inFiles(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        in("the name of a file", file.toString());
        if (Files.isRegularFile(file)) {
          in(file.toString(), Files.readAllBytes(file));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
