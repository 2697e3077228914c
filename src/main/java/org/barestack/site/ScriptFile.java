package org.barestack.site;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a firstboot script of the site's own. */
final class ScriptFile {
  /** Octets. */
  static final int MAX_SIZE = 256 << 10;

  // pykickstart acts on these at the start of a line inside a script body, too.
  private static final Pattern KICKSTART =
      Pattern.compile("(?m)^[ \\t]*(%end|%include|%ksappend)\\b");

  private ScriptFile() {}

  /**
   * The script's text.
   *
   * @param folder the site's folder, which the file must not leave, by no symbolic link either
   * @throws IllegalArgumentException with "what is wrong; what to do"
   */
  static String read(Path folder, String file) {
    byte[] bytes;
    try {
      Path real = folder.resolve(file).toRealPath();
      if (!real.startsWith(folder.toRealPath())) {
        throw new IllegalArgumentException(file + " leaves the site's folder; copy it in");
      }
      try (InputStream in = Files.newInputStream(real)) {
        bytes = in.readNBytes(MAX_SIZE + 1);
      }
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException(
          file + " does not exist; its path is relative to the site file", e);
    } catch (IOException e) {
      throw new IllegalArgumentException(file + " cannot be read (" + e + "); mend that", e);
    }
    return check(file, bytes);
  }

  private static String check(String file, byte[] bytes) {
    if (bytes.length > MAX_SIZE) {
      throw new IllegalArgumentException(
          file + " is larger than 256 KiB; let the script download what it needs");
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(file + " is not UTF-8; save it as UTF-8", e);
    }
    if (!text.startsWith("#!/")) {
      throw new IllegalArgumentException(
          file + " does not begin with #!; name its interpreter, like #!/bin/bash");
    }
    if (text.indexOf('\r') >= 0 || text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          file + " holds carriage returns or NUL; save it with Unix line ends");
    }
    Matcher word = KICKSTART.matcher(text);
    if (word.find()) {
      long line = text.substring(0, word.start()).lines().count() + 1;
      throw new IllegalArgumentException(
          "line %d of %s begins with %s, on which the kickstart parser would act; begin it otherwise"
              .formatted(line, file, word.group(1)));
    }
    return text;
  }
}
