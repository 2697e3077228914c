package org.barestack.format.iso;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.barestack.format.image.Medium;
import org.barestack.format.iso.ImageVolume.Names;
import org.barestack.format.iso.IsoEntry.IsoFile;

/**
 * An ISO image that is read as Linux reads it: by Rock Ridge if it has that, else by Joliet, else
 * by ECMA-119's own names. Nothing of it is trusted: what cannot be read, lies outside of the
 * image, would leave the tree or asks for more than {@link Limits} allows is an {@link
 * IsoException}, and then the whole image is refused. Threads may read at the same time.
 */
public final class IsoImage implements Closeable {
  private final Medium medium;
  private final Closeable source;
  private final DescriptorSet descriptors;
  private final ImageVolume volume;
  private final List<IsoEntry> entries;
  private final Map<String, IsoEntry> byPath;

  private IsoImage(Medium medium, Closeable source) throws IOException, IsoException {
    this.medium = medium;
    this.source = source;
    this.descriptors = DescriptorSet.read(medium);
    ImageVolume primary = descriptors.volumes().getFirst();
    this.volume = primary.names() == Names.ROCK_RIDGE ? primary : descriptors.volumes().getLast();
    this.entries = TreeReader.read(medium, volume);
    this.byPath = entries.stream().collect(Collectors.toMap(IsoEntry::path, Function.identity()));
  }

  /**
   * Opens one, and reads all of its directories.
   *
   * @throws IOException if the file cannot be read
   * @throws IsoException if it is no image that can be read; the message begins with the place
   */
  public static IsoImage open(Path file) throws IOException, IsoException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      return new IsoImage(Medium.of(channel), channel);
    } catch (IOException | IsoException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** The same of an image that stands elsewhere; closing it closes nothing. */
  public static IsoImage of(Medium medium) throws IOException, IsoException {
    return new IsoImage(medium, () -> {});
  }

  /** The primary volume's identifier, which is what Linux and GRUB call the label. */
  public String label() {
    return descriptors.volumes().getFirst().label();
  }

  /** The volume whose tree {@link #entries()} is. */
  public ImageVolume volume() {
    return volume;
  }

  /** The primary volume, then Joliet's if there is one. */
  public List<ImageVolume> volumes() {
    return descriptors.volumes();
  }

  /** Everything below the root, sorted by path, so that a directory comes before what it has. */
  public List<IsoEntry> entries() {
    return entries;
  }

  /** Everything below the root of another volume of this image. */
  public List<IsoEntry> entries(ImageVolume other) throws IOException, IsoException {
    return TreeReader.read(medium, other);
  }

  /** What has that path, if anything has. */
  public Optional<IsoEntry> entry(String path) {
    return Optional.ofNullable(byPath.get(path));
  }

  /** The content of a file. */
  public InputStream read(IsoFile file) {
    return read(file, 0);
  }

  /**
   * The content of a file from an offset on.
   *
   * @param from octets; at most the file's length
   */
  public InputStream read(IsoFile file, long from) {
    Objects.checkFromToIndex(from, file.length(), file.length());
    return new ExtentStream(medium, file.extents(), from);
  }

  /** Where El Torito's catalog is, if the image has one. */
  public Optional<BootRecord> bootRecord() {
    return descriptors.bootRecord();
  }

  /**
   * El Torito's catalog, if the image has one: what firmware boots. Read only when it is asked for,
   * since the files are there without it.
   */
  public Optional<BootCatalog> bootCatalog() throws IOException, IsoException {
    return bootRecord().isPresent()
        ? Optional.of(BootCatalog.read(medium, bootRecord().get().catalog()))
        : Optional.empty();
  }

  /** All of its octets. */
  public Medium medium() {
    return medium;
  }

  /** Octets of the image. */
  public long size() {
    return medium.size();
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
