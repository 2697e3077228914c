package org.barestack.content;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.barestack.model.PlainText;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * A repository's own lists, as createrepo_c writes them: {@code repomd.xml} names files with their
 * digests, and of these the primary list names the packages. Whoever wrote them is not trusted: no
 * document types, bounded sizes, and only digests that prove something.
 */
final class Repodata {
  /** Octets of a {@code repomd.xml}; Rocky's have 4,000. */
  static final int LARGEST_INDEX = 1 << 20;

  /** Octets of a packed list. AppStream's primary has 5 MB, the lists of files 20 MB. */
  static final long LARGEST_LIST = 1L << 30;

  /** Octets of an unpacked primary list. AppStream's has 60 MB. */
  private static final long LARGEST_PRIMARY = 256 << 20;

  /** Memory that a packed list may ask for, KiB. */
  private static final int MEMORY = 128 << 10;

  private static final int LONGEST_TEXT = 1000;
  private static final int MOST_LISTS = 200;
  private static final int MOST_PACKAGES = 200_000;

  private Repodata() {}

  /**
   * A file that a list names.
   *
   * @param type of {@code repomd.xml}: {@code primary}; empty for a package
   * @param href relative to the repository
   * @param size octets; {@link Entry#UNTOLD}
   */
  record Named(String type, String href, long size, Digest digest) {}

  /**
   * The lists that a {@code repomd.xml} names.
   *
   * @param place for messages
   */
  static List<Named> lists(String place, byte[] repomd) throws ImportException {
    return read(place, new ByteArrayInputStream(repomd), "data", MOST_LISTS);
  }

  /**
   * The packages of a primary list.
   *
   * @param in packed as its name says, to be closed by the caller
   * @param name ends with {@code .gz}, {@code .xz}, {@code .zst} or {@code .xml}
   */
  static List<Named> packages(String place, InputStream in, String name) throws IOException {
    InputStream packed = new BufferedInputStream(in, 1 << 16);
    String end = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    InputStream plain =
        switch (end) {
          case "gz" -> new GZIPInputStream(packed, 1 << 16);
          case "xz" -> new XZInputStream(packed, MEMORY);
          case "zst" -> new ZstdInputStream(packed);
          case "xml" -> packed;
          default ->
              throw new ImportException(
                  place + ": the list of packages is packed in a way that is not known: " + end);
        };
    return read(place, new Bounded(place, plain), "package", MOST_PACKAGES);
  }

  /** Ends with a fault where a list unpacks to more than any repository has. */
  private static final class Bounded extends InputStream {
    private final String place;
    private final InputStream in;
    private long octets;

    Bounded(String place, InputStream in) {
      this.place = place;
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = in.read(buffer, offset, length);
      octets += Math.max(0, read);
      if (octets > LARGEST_PRIMARY) {
        throw new ImportException(
            place + ": the list of packages unpacks to more than " + LARGEST_PRIMARY + " octets");
      }
      return read;
    }
  }

  private static XMLInputFactory factory() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    return factory;
  }

  private static List<Named> read(String place, InputStream in, String element, int most)
      throws ImportException {
    List<Named> named = new ArrayList<>();
    try {
      XMLStreamReader xml = factory().createXMLStreamReader(in);
      while (xml.hasNext()) {
        int event = xml.next();
        if (event == XMLStreamConstants.DTD) {
          throw new ImportException(place + " has a document type, which no repository needs");
        }
        if (event == XMLStreamConstants.START_ELEMENT && xml.getLocalName().equals(element)) {
          named.add(one(place, xml, element));
          if (named.size() > most) {
            throw new ImportException(place + " names more than " + most + " files");
          }
        }
      }
      xml.close();
      return named;
    } catch (XMLStreamException e) {
      Throwable nested = e.getNestedException();
      throw nested instanceof ImportException known
          ? known
          : new ImportException(
              place
                  + " is no list of a repository: "
                  + PlainText.of(String.valueOf(e.getMessage())),
              e);
    }
  }

  /** The children of an element that are read, whatever their order; deeper ones are not. */
  private static Named one(String place, XMLStreamReader xml, String element)
      throws XMLStreamException, ImportException {
    String type = Optional.ofNullable(xml.getAttributeValue(null, "type")).orElse("");
    String href = "";
    long size = Entry.UNTOLD;
    @Nullable String algorithm = null;
    String hex = "";
    for (int depth = 1; depth > 0; ) {
      int event = xml.next();
      if (event == XMLStreamConstants.END_ELEMENT) {
        depth--;
      } else if (event == XMLStreamConstants.START_ELEMENT) {
        depth++;
        if (depth == 2) {
          switch (xml.getLocalName()) {
            case "location" -> {
              href = Optional.ofNullable(xml.getAttributeValue(null, "href")).orElse("");
              for (int i = 0; i < xml.getAttributeCount(); i++) {
                if (xml.getAttributeLocalName(i).equals("base")) {
                  throw new ImportException(place + " names files of another server (xml:base)");
                }
              }
            }
            case "checksum" -> {
              algorithm = xml.getAttributeValue(null, "type");
              hex = text(place, xml);
              depth--;
            }
            case "size" -> {
              if (element.equals("package")) {
                size = number(place, xml.getAttributeValue(null, "package"));
              } else {
                size = number(place, text(place, xml));
                depth--;
              }
            }
            default -> {}
          }
        }
      }
    }
    try {
      Optional<String> fault = Listing.fault(href);
      if (fault.isPresent()) {
        throw new IllegalArgumentException("the path " + fault.get());
      }
      return new Named(type, href, size, Digest.named(String.valueOf(algorithm), hex));
    } catch (IllegalArgumentException e) {
      throw new ImportException(
          place
              + ": '"
              + PlainText.cut(PlainText.of(href), 200)
              + "' cannot be taken: "
              + PlainText.cut(PlainText.of(String.valueOf(e.getMessage())), 200),
          e);
    }
  }

  /** An element's text, and not more of it than a digest or number has. */
  private static String text(String place, XMLStreamReader xml)
      throws XMLStreamException, ImportException {
    StringBuilder text = new StringBuilder();
    while (xml.next() != XMLStreamConstants.END_ELEMENT) {
      if (!xml.isCharacters() || text.length() + xml.getTextLength() > LONGEST_TEXT) {
        throw new ImportException(place + " is no list of a repository: a value is none");
      }
      text.append(xml.getText());
    }
    return text.toString().strip();
  }

  private static long number(String place, @Nullable String text) throws ImportException {
    if (text == null || !text.matches("[0-9]{1,15}")) {
      throw new ImportException(place + ": a size is no number: " + PlainText.of(text + ""));
    }
    return Long.parseLong(text);
  }
}
