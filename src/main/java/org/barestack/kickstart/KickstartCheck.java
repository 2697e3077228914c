package org.barestack.kickstart;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.barestack.kickstart.Finding.Severity;

/**
 * Finds what is wrong with a kickstart before an installer does, which would stop there and tell
 * nobody.
 */
public final class KickstartCheck {
  private final Release release;
  private final Map<String, String> includes;
  private final OptionalLong disk;

  private KickstartCheck(Release release, Map<String, String> includes, OptionalLong disk) {
    this.release = release;
    this.includes = Map.copyOf(includes);
    this.disk = disk;
  }

  /** A check against what a release's installer reads. Files that are included are not read. */
  public static KickstartCheck of(Release release) {
    return new KickstartCheck(release, Map.of(), OptionalLong.empty());
  }

  /** The same, with texts for the names under which {@code %include} asks for them. */
  public KickstartCheck including(Map<String, String> includes) {
    return new KickstartCheck(release, includes, disk);
  }

  /**
   * The same, for a machine whose disk is known.
   *
   * @param size of the smallest disk that it may be, in MiB
   */
  public KickstartCheck onDisk(long size) {
    return new KickstartCheck(release, includes, OptionalLong.of(size));
  }

  /**
   * What came of it.
   *
   * @param findings in the order of the text
   * @param scripts the scripts in its sections, in order
   */
  public record Result(List<Finding> findings, List<Script> scripts) {
    public Result {
      findings = List.copyOf(findings);
      scripts = List.copyOf(scripts);
    }

    /** Whether an installer would take it. */
    public boolean isGood() {
      return findings.stream().noneMatch(finding -> finding.severity() == Severity.ERROR);
    }
  }

  /** Checks a text. It ends for any text, in a time that grows as the text does. */
  public Result check(String text) {
    Kickstart kickstart = Reader.read(text, release, includes);
    List<Finding> findings = new ArrayList<>(kickstart.findings());
    if (!text.isEmpty()) {
      findings.addAll(Beyond.findings(kickstart, disk));
    }
    return new Result(findings.stream().sorted().toList(), kickstart.scripts());
  }

  /** Checks a file's octets, which must be UTF-8. */
  public Result check(byte[] octets) {
    try {
      return check(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString());
    } catch (CharacterCodingException e) {
      return new Result(List.of(notText(octets)), List.of());
    }
  }

  private static Finding notText(byte[] octets) {
    String decoded = new String(octets, StandardCharsets.UTF_8);
    int bad = decoded.indexOf('\ufffd');
    String before = decoded.substring(0, Math.max(bad, 0));
    int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
    return new Finding(
        Severity.ERROR,
        Rule.NOT_TEXT,
        "",
        line,
        before.length() - before.lastIndexOf('\n'),
        "it is not UTF-8",
        "save it as UTF-8");
  }
}
