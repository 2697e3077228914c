package org.barestack.format.iso;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Where on a good image every field stands that a reader may look at, of all trees and sets of
 * descriptors. Believes all it reads, so it shares nothing with the reader that is tested by it.
 */
final class ImageMap {
  private static final int BLOCK = 2048;

  private final byte[] image;
  private final ByteBuffer numbers;
  private final List<Field> fields = new ArrayList<>();
  private final Set<Integer> met = new HashSet<>();

  /**
   * A field.
   *
   * @param name with its owner: {@code /EFI: extent}
   * @param width octets of one order
   * @param both whether the other order follows
   */
  record Field(String name, int offset, int width, boolean both) {
    /** Writes a number, cut to the width. */
    void put(byte[] image, long value) {
      for (int i = 0; i < width; i++) {
        byte octet = (byte) (value >> (8 * i));
        image[offset + i] = octet;
        if (both) {
          image[offset + 2 * width - 1 - i] = octet;
        }
      }
    }

    /** Octets of it. */
    int length() {
      return both ? 2 * width : width;
    }
  }

  private ImageMap(byte[] image) {
    this.image = image;
    this.numbers = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** All of an image. */
  static List<Field> of(byte[] image) {
    ImageMap map = new ImageMap(image);
    map.descriptors("", 16, 0);
    if (map.text(32 * BLOCK + 1, 5).equals("CD001")) {
      map.descriptors("offset ", 32, 16);
    }
    return List.copyOf(map.fields);
  }

  private void one(String name, int offset, int width) {
    fields.add(new Field(name, offset, width, false));
  }

  private void both(String name, int offset, int width) {
    fields.add(new Field(name, offset, width, true));
  }

  private String text(int offset, int length) {
    return new String(image, offset, length, StandardCharsets.ISO_8859_1);
  }

  private void descriptors(String set, int first, int shift) {
    int sector = first;
    while (true) {
      int at = sector * BLOCK;
      String name = set + "descriptor " + (sector - first + 1) + ": ";
      one(name + "type", at, 1);
      one(name + "identifier", at + 1, 4);
      one(name + "version", at + 6, 1);
      switch (image[at]) {
        case 0 -> {
          one(name + "system", at + 7, 4);
          one(name + "catalog", at + 71, 4);
          catalog(numbers.getInt(at + 71) * BLOCK);
        }
        case 1, 2 -> volume(name, at, shift, image[at] == 2 ? "joliet " : "");
        default -> {
          return;
        }
      }
      sector++;
    }
  }

  private void catalog(int at) {
    for (int entry = 0; entry < 6; entry++) {
      for (int i : new int[] {0, 1, 2, 4, 6, 8, 28, 30}) {
        one("catalog entry " + entry + " octet " + i, at + 32 * entry + i, 2);
      }
    }
  }

  private void volume(String name, int at, int shift, String tree) {
    one(name + "label", at + 40, 4);
    both(name + "blocks", at + 80, 4);
    one(name + "escapes", at + 88, 3);
    both(name + "set size", at + 120, 2);
    both(name + "sequence number", at + 124, 2);
    both(name + "block size", at + 128, 2);
    both(name + "path table size", at + 132, 4);
    for (int table = 140; table < 156; table += 4) {
      one(name + "path table " + table, at + table, 4);
    }
    record(name + "root ", at + 156);
    pathTable(tree, at, shift);
    directory(tree + "/", numbers.getInt(at + 158) + shift, shift);
  }

  private void pathTable(String tree, int at, int shift) {
    int from = (numbers.getInt(at + 140) + shift) * BLOCK;
    int end = from + numbers.getInt(at + 132);
    for (int entry = from; entry < end; ) {
      String name = tree + "path table entry at " + (entry - from) + ": ";
      one(name + "length", entry, 1);
      one(name + "extent", entry + 2, 4);
      one(name + "parent", entry + 6, 2);
      entry += 8 + image[entry] + image[entry] % 2;
    }
  }

  private void directory(String path, int block, int shift) {
    if (!met.add(block)) {
      return;
    }
    int at = block * BLOCK;
    int end = at + numbers.getInt(at + 10);
    while (at < end) {
      int length = image[at] & 255;
      if (length == 0) {
        at = (at / BLOCK + 1) * BLOCK;
        continue;
      }
      int named = image[at + 32] & 255;
      String name = text(at + 33, named).replace("\0", "");
      String child = path + (named == 1 && image[at + 33] < 2 ? "<" + image[at + 33] + ">" : name);
      record(child + ": ", at);
      entries(child + ": ", at + 33 + named + (named + 1) % 2, at + length);
      if ((image[at + 25] & 2) != 0 && !child.endsWith(">")) {
        directory(child + "/", numbers.getInt(at + 2) + shift, shift);
      }
      at += length;
    }
  }

  private void record(String name, int at) {
    one(name + "length", at, 1);
    one(name + "attribute record", at + 1, 1);
    both(name + "extent", at + 2, 4);
    both(name + "size", at + 10, 4);
    one(name + "date", at + 18, 4);
    one(name + "zone", at + 24, 1);
    one(name + "flags", at + 25, 1);
    one(name + "unit", at + 26, 1);
    one(name + "gap", at + 27, 1);
    both(name + "volume", at + 28, 2);
    one(name + "name length", at + 32, 1);
    one(name + "name", at + 33, 1);
  }

  private void entries(String name, int from, int end) {
    int at = from;
    while (end - at >= 4 && image[at] != 0) {
      String entry = name + text(at, 2) + " ";
      one(entry + "signature", at, 2);
      one(entry + "length", at + 2, 1);
      one(entry + "version", at + 3, 1);
      switch (text(at, 2)) {
        case "CE" -> {
          both(entry + "block", at + 4, 4);
          both(entry + "offset", at + 12, 4);
          both(entry + "size", at + 20, 4);
          int area = numbers.getInt(at + 4) * BLOCK + numbers.getInt(at + 12);
          entries(name + "continued ", area, area + numbers.getInt(at + 20));
        }
        case "PX" -> both(entry + "mode", at + 4, 4);
        case "NM" -> {
          one(entry + "flags", at + 4, 1);
          one(entry + "text", at + 5, 1);
        }
        case "SL" -> {
          one(entry + "flags", at + 4, 1);
          one(entry + "component flags", at + 5, 1);
          one(entry + "component length", at + 6, 1);
          one(entry + "component text", at + 7, 1);
        }
        case "CL", "PL" -> both(entry + "block", at + 4, 4);
        case "TF" -> {
          one(entry + "flags", at + 4, 1);
          one(entry + "month", at + 6, 1);
        }
        case "SP" -> {
          one(entry + "check", at + 4, 2);
          one(entry + "skip", at + 6, 1);
        }
        case "ER" -> {
          one(entry + "identifier length", at + 4, 1);
          one(entry + "identifier", at + 8, 4);
        }
        default -> {}
      }
      at += image[at + 2] & 255;
    }
  }
}
