package org.barestack.content;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.barestack.format.iso.IsoEntry;
import org.barestack.format.iso.IsoException;
import org.barestack.format.iso.IsoImage;

/** An image of a medium. */
final class IsoSource implements Source {
  private final Path file;
  private final String name;
  private final IsoImage image;
  private final Object stamp;
  private final Map<String, IsoEntry.IsoFile> files = new HashMap<>();
  private final List<Entry> entries = new ArrayList<>();

  private IsoSource(Path file, String name, IsoImage image, Object stamp) {
    this.file = file;
    this.name = name;
    this.image = image;
    this.stamp = stamp;
  }

  /**
   * Reads its directories.
   *
   * @param name for messages
   * @throws ImportException if it is no image, or one that cannot be read; says where
   */
  static IsoSource open(Path file, String name) throws IOException {
    try {
      Object stamp = stamp(file);
      IsoImage image = IsoImage.open(file);
      IsoSource source = new IsoSource(file, name, image, stamp);
      image.entries().forEach(source::add);
      return source;
    } catch (IsoException e) {
      throw bad(name, e);
    }
  }

  private static ImportException bad(String name, IsoException fault) {
    return new ImportException(
        name
            + " is no whole image of a medium: "
            + fault.getMessage()
            + ". Nothing was imported; compare its size and digest with its CHECKSUM",
        fault);
  }

  /** Changes when somebody writes the file, or puts another one in its place. */
  private static Object stamp(Path file) throws IOException {
    BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
    return List.of(now.size(), now.lastModifiedTime(), String.valueOf(now.fileKey()));
  }

  private void add(IsoEntry entry) {
    entries.add(
        switch (entry) {
          case IsoEntry.IsoDirectory folder -> new Entry.Folder(folder.path());
          case IsoEntry.IsoLink link -> new Entry.Link(link.path(), link.target());
          case IsoEntry.IsoFile one -> {
            files.put(one.path(), one);
            yield new Entry.File(one.path(), one.length(), "", null);
          }
        });
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String kind() {
    return "iso";
  }

  @Override
  public String label() {
    return image.label();
  }

  @Override
  public String root() {
    return "";
  }

  @Override
  public Collection<Entry> entries() {
    return entries;
  }

  @Override
  public InputStream open(Entry.File one) {
    IsoEntry.IsoFile known = files.get(one.path());
    if (known == null) {
      throw new IllegalArgumentException(one.path());
    }
    return image.read(known);
  }

  /** Its digest was taken before it was read, so it must not have become another one since. */
  @Override
  public void same() throws IOException {
    if (!Files.exists(file) || !stamp(file).equals(stamp)) {
      throw new ImportException(
          name + " changed while it was imported. Nothing was imported; run it again");
    }
  }

  @Override
  public void close() throws IOException {
    image.close();
  }
}
