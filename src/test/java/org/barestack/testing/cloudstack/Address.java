package org.barestack.testing.cloudstack;

import org.jspecify.annotations.Nullable;

/** IPv4 arithmetic. */
final class Address {
  private Address() {}

  static long number(String address) {
    String[] parts = address.split("\\.", -1);
    if (parts.length != 4) {
      throw Refusal.parameter("Please specify a valid IP address: " + address);
    }
    long number = 0;
    for (String part : parts) {
      if (!part.matches("[0-9]{1,3}") || Integer.parseInt(part) > 255) {
        throw Refusal.parameter("Please specify a valid IP address: " + address);
      }
      number = number * 256 + Integer.parseInt(part);
    }
    return number;
  }

  static String text(long number) {
    return (number >> 24)
        + "."
        + (number >> 16 & 255)
        + "."
        + (number >> 8 & 255)
        + "."
        + (number & 255);
  }

  static long network(String gateway, String netmask) {
    return number(gateway) & number(netmask);
  }

  static boolean inside(String address, String gateway, String netmask) {
    return (number(address) & number(netmask)) == network(gateway, netmask);
  }

  static String cidr(String gateway, String netmask) {
    return text(network(gateway, netmask)) + "/" + Long.bitCount(number(netmask));
  }

  static boolean sameSubnet(String gateway, String netmask, String gateway2, String netmask2) {
    long mask = Math.min(number(netmask), number(netmask2));
    return (number(gateway) & mask) == (number(gateway2) & mask);
  }

  static boolean overlap(String start, @Nullable String end, String start2, String end2) {
    return number(start) <= number(end2) && number(start2) <= number(end == null ? start : end);
  }
}
