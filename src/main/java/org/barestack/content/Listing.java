package org.barestack.content;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.barestack.model.PlainText;

/**
 * All that a source has, held to what may come into a release: names that the HTTP server serves,
 * each once, and links that end inside.
 */
final class Listing {
  /** Our own folder in a release; one of a source is taken nowhere, since loaders come from it. */
  static final String OURS = ".barestack";

  /** The HTTP server serves no others. */
  private static final Pattern SEGMENT = Pattern.compile("[ -~&&[^/\\\\]]{1,255}");

  private static final int LONGEST_PATH = 1024;
  private static final int DEEPEST = 64;

  /** A DVD has some 10,000. */
  private static final int MOST = 500_000;

  /** As many as Linux follows (path_resolution(7)). */
  private static final int MOST_LINKS = 40;

  private final Map<String, Entry> entries = new TreeMap<>();
  private final String source;

  private Listing(String source) {
    this.source = source;
  }

  /**
   * Holds them to the rules; folders on the way to something need not be named.
   *
   * @param source for messages
   * @throws ImportException if something breaks a rule; says what
   */
  static Listing of(String source, Collection<? extends Entry> entries) throws ImportException {
    if (entries.size() > MOST) {
      throw new ImportException(source + ": more than " + MOST + " files; this is no release");
    }
    Listing listing = new Listing(source);
    for (Entry entry : entries) {
      if (!List.of(entry.path().split("/", -1)).contains(OURS)) {
        listing.add(entry);
      }
    }
    listing.parents();
    for (Entry entry : listing.entries.values()) {
      if (entry instanceof Entry.Link link) {
        listing.follow(link);
      }
    }
    return listing;
  }

  /** Why that cannot be the path of a file below a release; empty if it can. */
  static Optional<String> fault(String path) {
    List<String> segments = List.of(path.split("/", -1));
    if (path.length() > LONGEST_PATH || segments.size() > DEEPEST) {
      return Optional.of("is longer or deeper than a release goes");
    }
    for (String segment : segments) {
      if (segment.equals("..") || segment.equals(".") || segment.isEmpty()) {
        return Optional.of("is no plain path below the release");
      }
      if (!SEGMENT.matcher(segment).matches()) {
        return Optional.of("has characters that no file of a release has");
      }
    }
    return Optional.empty();
  }

  private void add(Entry entry) throws ImportException {
    Optional<String> fault = fault(entry.path());
    if (fault.isPresent()) {
      throw bad(entry.path(), fault.get());
    }
    Entry other = entries.putIfAbsent(entry.path(), entry);
    if (other != null && !(other instanceof Entry.Folder && entry instanceof Entry.Folder)) {
      throw bad(entry.path(), "is there twice");
    }
  }

  private void parents() throws ImportException {
    for (String path : List.copyOf(entries.keySet())) {
      for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
        String folder = path.substring(0, slash);
        if (!(entries.computeIfAbsent(folder, Entry.Folder::new) instanceof Entry.Folder)) {
          throw bad(path, "lies below " + folder + ", which is no folder");
        }
      }
    }
  }

  /** As the kernel does, part by part: a path that looks tame may leave through another link. */
  private void follow(Entry.Link link) throws ImportException {
    Deque<String> rest = new ArrayDeque<>();
    push(rest, link, link);
    List<String> at = new ArrayList<>(List.of(link.path().split("/", -1)));
    at.removeLast();
    int links = 0;
    while (!rest.isEmpty()) {
      String part = rest.pop();
      if (part.equals("..")) {
        if (at.isEmpty()) {
          throw bad(link.path(), "is a link out of the release, to " + link.target());
        }
        at.removeLast();
        continue;
      }
      at.add(part);
      Entry here = entries.get(String.join("/", at));
      if (here == null) {
        throw bad(link.path(), "is a link to " + link.target() + ", which is not there");
      }
      if (here instanceof Entry.Link next) {
        if (++links > MOST_LINKS) {
          throw bad(link.path(), "is a link that leads in a circle");
        }
        at.removeLast();
        push(rest, link, next);
      } else if (here instanceof Entry.File && !rest.isEmpty()) {
        throw bad(link.path(), "is a link to " + link.target() + ", which is not there");
      }
    }
  }

  private void push(Deque<String> rest, Entry.Link asked, Entry.Link link) throws ImportException {
    if (link.target().startsWith("/") || link.target().length() > LONGEST_PATH) {
      throw bad(asked.path(), "is a link out of the release, to " + link.target());
    }
    for (String part : List.of(link.target().split("/", -1)).reversed()) {
      if (!part.isEmpty() && !part.equals(".")) {
        rest.push(part);
      }
    }
  }

  private ImportException bad(String path, String why) {
    return new ImportException(
        PlainText.cut(PlainText.of(source + ": '" + path + "' " + why), 400)
            + ". Nothing was imported");
  }

  /** In the order of their paths, so folders before what is in them. */
  Collection<Entry> entries() {
    return entries.values();
  }

  List<Entry.File> files() {
    return entries.values().stream()
        .filter(Entry.File.class::isInstance)
        .map(Entry.File.class::cast)
        .toList();
  }

  Optional<Entry.File> file(String path) {
    return entries.get(path) instanceof Entry.File file ? Optional.of(file) : Optional.empty();
  }

  boolean has(String path) {
    return entries.containsKey(path);
  }
}
