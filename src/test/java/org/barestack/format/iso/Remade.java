package org.barestack.format.iso;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.barestack.format.image.Medium;
import org.barestack.format.image.Overlay;
import org.barestack.format.image.OverlayMedium;
import org.barestack.format.image.Run;
import org.barestack.format.iso.ImageVolume.Names;
import org.barestack.format.iso.IsoEntry.IsoDirectory;
import org.barestack.format.iso.IsoEntry.IsoFile;
import org.barestack.format.iso.IsoEntry.IsoLink;
import org.barestack.testing.Command;

/** Images made anew, written out and judged by themselves, xorriso and isoinfo. */
final class Remade {
  /** Of a longer range of a file only so much at either end is written; the rest is zeros. */
  private static final int ENDS = 1 << 20;

  private Remade() {}

  /** What is done to an image. */
  interface Change {
    void on(Remaster remaster) throws IOException, IsoException;
  }

  /** Writes a source with a change. */
  static Path made(Path source, Path to, Change change) throws IOException, IsoException {
    try (IsoImage image = IsoImage.open(source)) {
      Remaster remaster = Remaster.of(image);
      change.on(remaster);
      write(source, remaster.overlay(), to);
    }
    return to;
  }

  /** Writes an overlay, with holes where it has zeros. */
  static void write(Path source, Overlay overlay, Path to) throws IOException {
    try (FileChannel in = FileChannel.open(source, StandardOpenOption.READ);
        OverlayMedium medium = OverlayMedium.open(overlay, Medium.of(in));
        FileChannel out =
            FileChannel.open(
                to,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
      long at = 0;
      for (Run run : overlay.runs()) {
        long end = at + run.length();
        boolean isLong = run instanceof Run.OfFile && run.length() > 4 * ENDS;
        if (isLong) {
          copy(medium, out, at, at + ENDS);
          copy(medium, out, end - ENDS, end);
        } else if (!(run instanceof Run.Zeros)) {
          copy(medium, out, at, end);
        }
        at = end;
      }
      if (out.size() < overlay.length()) {
        out.write(ByteBuffer.allocate(1), overlay.length() - 1);
      }
    }
  }

  private static void copy(Medium from, FileChannel to, long begin, long end) throws IOException {
    byte[] part = new byte[1 << 16];
    for (long at = begin; at < end; at += part.length) {
      int count = (int) Math.min(part.length, end - at);
      from.read(at, part, 0, count);
      ByteBuffer buffer = ByteBuffer.wrap(part, 0, count);
      while (buffer.hasRemaining()) {
        to.write(buffer, at + buffer.position());
      }
    }
  }

  /**
   * Everything that must hold of any image that was made of another one.
   *
   * @param put paths that were put
   */
  static void judge(Path before, Path after, Set<String> put) throws Exception {
    untouched(before, after, put);
    treesAgree(after);
    pathTables(after);
    byXorriso(after);
    byIsoinfo(after);
  }

  /** All paths but those: at the same block, the same octets, names, modes, links and dates. */
  static void untouched(Path before, Path after, Set<String> put) throws IOException, IsoException {
    try (IsoImage old = IsoImage.open(before);
        IsoImage made = IsoImage.open(after)) {
      assertThat(made.size() % 2048).isZero();
      for (IsoEntry entry : old.entries()) {
        if (put.contains(entry.path())) {
          continue;
        }
        IsoEntry now = made.entry(entry.path()).orElseThrow(() -> new AssertionError(entry.path()));
        assertThat(now.mode()).as(entry.path()).isEqualTo(entry.mode());
        assertThat(now.modified()).as(entry.path()).isEqualTo(entry.modified());
        switch (entry) {
          case IsoDirectory _ -> assertThat(now).isInstanceOf(IsoDirectory.class);
          case IsoLink link -> assertThat(((IsoLink) now).target()).isEqualTo(link.target());
          case IsoFile file -> {
            assertThat(((IsoFile) now).extents()).as(entry.path()).isEqualTo(file.extents());
            if (!isBoot(old, file)) {
              try (InputStream one = old.read(file);
                  InputStream other = made.read((IsoFile) now)) {
                assertThat(other.readAllBytes()).as(entry.path()).isEqualTo(one.readAllBytes());
              }
            }
          }
        }
      }
      Set<String> expected = new TreeSet<>();
      old.entries().forEach(entry -> expected.add(entry.path()));
      for (String path : put) {
        for (int slash = path.length(); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
          expected.add(path.substring(0, slash));
        }
      }
      assertThat(made.entries().stream().map(IsoEntry::path)).containsExactlyElementsOf(expected);
    }
  }

  private static boolean isBoot(IsoImage image, IsoFile file) throws IOException, IsoException {
    return image.bootRecord().isPresent()
        && file.length() > 0
        && file.extents().getFirst().block() == image.bootRecord().get().catalog();
  }

  /** The image as each of its sets of descriptors shows it: from the begin, and from partitions. */
  static Map<Long, IsoImage> sets(IsoImage image) throws IOException, IsoException {
    Map<Long, IsoImage> sets = new TreeMap<>(Map.of(0L, image));
    Medium shifted = ShiftedMedium.of(image.medium(), 16);
    if (VolumeSet.isAt(shifted, 16) && new SystemArea(image.medium()).begins().contains(16L)) {
      sets.put(16L, IsoImage.of(shifted));
    }
    return sets;
  }

  /** Every tree has the same files at the same blocks; Joliet has no links. */
  static void treesAgree(Path iso) throws IOException, IsoException {
    try (IsoImage image = IsoImage.open(iso)) {
      Map<String, String> expected = new TreeMap<>();
      for (IsoEntry entry : image.entries()) {
        expected.put(entry.path(), told(entry, 0));
      }
      for (Map.Entry<Long, IsoImage> set : sets(image).entrySet()) {
        for (ImageVolume volume : set.getValue().volumes()) {
          if (volume.names() == Names.PLAIN) {
            continue;
          }
          Map<String, String> all = new TreeMap<>();
          for (IsoEntry entry : set.getValue().entries(volume)) {
            all.put(entry.path(), told(entry, set.getKey()));
          }
          Map<String, String> wanted = new TreeMap<>(expected);
          if (volume.names() == Names.JOLIET) {
            wanted.values().removeIf(text -> text.startsWith("link"));
          }
          assertThat(all).as(set.getKey() + " " + volume.names()).isEqualTo(wanted);
        }
      }
    }
  }

  private static String told(IsoEntry entry, long shift) {
    return switch (entry) {
      case IsoDirectory _ -> "directory";
      case IsoLink link -> "link " + link.target();
      case IsoFile file ->
          file.length() == 0
              ? "empty"
              : file.extents().stream()
                  .map(extent -> (extent.block() + shift) + "+" + extent.length())
                  .toList()
                  .toString();
    };
  }

  /** Both path tables of each volume have all directories, in order, with the right parents. */
  static void pathTables(Path iso) throws IOException, IsoException {
    try (IsoImage image = IsoImage.open(iso)) {
      for (IsoImage set : sets(image).values()) {
        for (ImageVolume volume : set.volumes()) {
          pathTables(set, volume);
        }
      }
    }
  }

  /** An entry. */
  private record TableEntry(long block, int parent, String identifier) {}

  private static List<TableEntry> table(IsoImage image, long at, long length, ByteOrder order)
      throws IOException {
    byte[] octets = new byte[(int) length];
    image.medium().read(at * Volume.BLOCK, octets, 0, octets.length);
    ByteBuffer buffer = ByteBuffer.wrap(octets).order(order);
    List<TableEntry> entries = new ArrayList<>();
    for (int from = 0; from < octets.length; ) {
      int named = octets[from] & 0xff;
      entries.add(
          new TableEntry(
              buffer.getInt(from + 2) & 0xffff_ffffL,
              buffer.getShort(from + 6) & 0xffff,
              new String(octets, from + 8, named, ISO_8859_1)));
      from += 8 + named + named % 2;
    }
    return entries;
  }

  private static void pathTables(IsoImage image, ImageVolume volume)
      throws IOException, IsoException {
    var places = volume.pathTables();
    List<TableEntry> little =
        table(image, places.little(), places.length(), ByteOrder.LITTLE_ENDIAN);
    assertThat(table(image, places.big(), places.length(), ByteOrder.BIG_ENDIAN)).isEqualTo(little);
    Map<String, Long> blocks = new HashMap<>(Map.of("", volume.root().block()));
    for (IsoEntry entry : image.entries(volume)) {
      if (entry instanceof IsoDirectory directory) {
        blocks.put(directory.path(), directory.extent().block());
      }
    }
    Set<Long> inTable = new TreeSet<>();
    little.forEach(entry -> inTable.add(entry.block()));
    assertThat(inTable).containsAll(blocks.values());
    for (int i = 1; i < little.size(); i++) {
      assertThat(little.get(i).parent()).isBetween(1, i);
      assertThat(little.get(i).parent()).isGreaterThanOrEqualTo(little.get(i - 1).parent());
    }
    for (Map.Entry<String, Long> one : blocks.entrySet()) {
      String path = one.getKey();
      if (path.startsWith("d1/d2") || path.startsWith("deep0/deep1") || path.isEmpty()) {
        continue; // may be kept elsewhere
      }
      int slash = path.lastIndexOf('/');
      Long above = blocks.get(slash < 0 ? "" : path.substring(0, slash));
      TableEntry entry =
          little.stream().filter(e -> e.block() == one.getValue()).findFirst().orElseThrow();
      assertThat(little.get(entry.parent() - 1).block()).as(path).isEqualTo(above);
    }
  }

  /** xorriso extracts what we read. */
  static void byXorriso(Path iso) throws IOException, IsoException {
    Path folder = Files.createTempDirectory(iso.resolveSibling(""), "extracted");
    Map<String, Extracted> theirs = Extracted.byXorriso(iso, folder.resolve("all"));
    assertThat(Extracted.differences(Extracted.byUs(iso), theirs)).isEmpty();
    Command.of("rm", "-rf", folder.toString()).run();
  }

  /** isoinfo lists what we read, by Rock Ridge and by Joliet. */
  static void byIsoinfo(Path iso) throws IOException, IsoException {
    try (IsoImage image = IsoImage.open(iso)) {
      for (ImageVolume volume : image.volumes()) {
        String how =
            switch (volume.names()) {
              case ROCK_RIDGE -> "-R";
              case JOLIET -> "-J";
              case PLAIN -> "-s";
            };
        Command.Result result =
            Command.of("isoinfo", "-f", how, "-i", iso.toString()).with("LC_ALL", "C.UTF-8").run();
        assertThat(result.status()).as(result.all()).isZero();
        assertThat(result.errors()).isEmpty();
        List<String> theirs = result.output().lines().toList();
        assertThat(theirs).hasSizeGreaterThanOrEqualTo(image.entries(volume).size());
        if (volume.names() == Names.ROCK_RIDGE) {
          assertThat(theirs)
              .containsAll(
                  image.entries().stream()
                      .map(entry -> "/" + entry.path())
                      .filter(path -> path.length() < 200 && UTF_8.newEncoder().canEncode(path))
                      .toList());
        }
      }
    }
  }

  static String run(String... words) {
    Command.Result result = Command.of(words).with("LC_ALL", "C.UTF-8").run();
    assertThat(result.status()).as(result.all()).isZero();
    return result.output();
  }
}
