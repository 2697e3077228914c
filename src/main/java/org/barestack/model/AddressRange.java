package org.barestack.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** IPv4 addresses from {@code first} to {@code last}, both included. */
public record AddressRange(Ipv4 first, Ipv4 last) {
  public AddressRange {
    if (first.compareTo(last) > 0) {
      throw new IllegalArgumentException(
          "the range ends before it begins: '" + first + "-" + last + "'");
    }
  }

  /**
   * Reads {@code 192.168.50.100-192.168.50.149}.
   *
   * @throws IllegalArgumentException if it is no range in that form
   */
  public static AddressRange parse(String text) {
    String[] ends = text.split("-", -1);
    if (ends.length != 2) {
      throw new IllegalArgumentException(
          "not a range like 192.168.50.100-192.168.50.149: '" + text + "'");
    }
    return new AddressRange(Ipv4.parse(ends[0].strip()), Ipv4.parse(ends[1].strip()));
  }

  /** These addresses and no others, in as few ranges as can be, in order. */
  public static List<AddressRange> of(Collection<Ipv4> addresses) {
    List<AddressRange> ranges = new ArrayList<>();
    for (Ipv4 address : addresses.stream().sorted().distinct().toList()) {
      AddressRange before = ranges.isEmpty() ? null : ranges.getLast();
      if (before != null && before.last().plus(1).equals(address)) {
        ranges.set(ranges.size() - 1, new AddressRange(before.first(), address));
      } else {
        ranges.add(new AddressRange(address, address));
      }
    }
    return ranges;
  }

  /** Number of addresses, at least 1. */
  public long size() {
    return Integer.toUnsignedLong(last.bits()) - Integer.toUnsignedLong(first.bits()) + 1;
  }

  /** Whether the address lies in the range. */
  public boolean contains(Ipv4 address) {
    return first.compareTo(address) <= 0 && address.compareTo(last) <= 0;
  }

  /** Whether any address lies in both. */
  public boolean overlaps(AddressRange other) {
    return first.compareTo(other.last) <= 0 && other.first.compareTo(last) <= 0;
  }

  @Override
  public String toString() {
    return first + "-" + last;
  }
}
