package org.barestack.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.barestack.model.MacAddress;
import org.barestack.model.Node;
import org.barestack.model.Node.DiskRule;
import org.barestack.model.Site;
import org.barestack.render.Renderer;

/**
 * Words that are one node's own: what it is called, where it is reached, its hardware and what is
 * made from these. Nodes of one kind differ in nothing else.
 *
 * @param all in the order of their kinds, so that words of two nodes with the same place in their
 *     lists mean the same
 */
record OwnWords(List<String> all) {
  OwnWords {
    all = List.copyOf(all);
  }

  static OwnWords of(Site site, Node node) {
    List<String> words =
        new ArrayList<>(List.of(site.fqdn(node), node.name().text(), node.address().toString()));
    words.addAll(Renderer.madeUp(site, node));
    node.nics().values().forEach(mac -> words.addAll(forms(mac)));
    node.os().forEach(rule -> words.addAll(names(rule)));
    return new OwnWords(words);
  }

  private static List<String> forms(MacAddress mac) {
    String hyphens = mac.text().replace(':', '-');
    return Stream.of(mac.text(), hyphens)
        .flatMap(form -> Stream.of(form, form.toUpperCase(Locale.ROOT)))
        .toList();
  }

  private static List<String> names(DiskRule rule) {
    return switch (rule) {
      case DiskRule.Serial(String serial) -> List.of(serial);
      case DiskRule.Wwn(String wwn) -> List.of(wwn);
      case DiskRule.DevicePath(String path) -> List.of(path);
      case DiskRule.Size _ -> List.of();
    };
  }

  /** In characters, in the order of the words. */
  List<Integer> lengths() {
    return all.stream().map(String::length).toList();
  }

  /** Whether a text has one of them in it. */
  boolean isIn(String text) {
    return all.stream().anyMatch(text::contains);
  }

  /** Their places in the list, the longest word first: a full name begins with a short one. */
  List<Integer> longestFirst() {
    return IntStream.range(0, all.size())
        .boxed()
        .sorted(Comparator.comparingInt((Integer at) -> all.get(at).length()).reversed())
        .toList();
  }

  /** A text in which signs stand for the words. */
  String hidden(String text) {
    String masked = text;
    for (int at : longestFirst()) {
      masked = masked.replace(all.get(at), "\1" + at);
    }
    return masked;
  }
}
