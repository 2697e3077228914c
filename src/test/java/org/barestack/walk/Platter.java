package org.barestack.walk;

import java.util.List;
import org.barestack.model.Disk;
import org.barestack.model.InstallId;
import org.barestack.model.NodeName;

/** A disk that one can pull out and put into another machine. */
final class Platter {
  /** What is on it, and since when. */
  sealed interface Content {
    /** The true time of the world, which no journal and no clock of the walk can turn back. */
    long since();

    record Blank(long since) implements Content {}

    /** Somebody's data. */
    record Foreign(long since, String look) implements Content {}

    /** An install at work: a partition table, and a label once its file system is made. */
    record Begun(long since, InstallId install, NodeName node, boolean labelled)
        implements Content {}

    /** A system that runs. */
    record Finished(long since, InstallId install, NodeName node) implements Content {}
  }

  private static final long SIZE = 100L << 30;

  private final String serial;
  private final boolean wwn;
  private Content content = new Content.Blank(0);

  Platter(String serial, boolean wwn) {
    this.serial = serial;
    this.wwn = wwn;
  }

  Content content() {
    return content;
  }

  void put(Content next) {
    content = next;
  }

  /** The name that a disk part may use whatever bay it is in. */
  String path() {
    return "/dev/disk/by-id/" + serial;
  }

  /** As {@code %pre} reports it. */
  Disk seen(int bay) {
    boolean zero = content instanceof Content.Blank;
    List<String> signatures =
        switch (content) {
          case Content.Blank blank -> List.of();
          case Content.Foreign(long since, String look) when look.equals("raw") -> List.of();
          case Content.Foreign(long since, String look) -> List.of(look);
          case Content.Begun begun ->
              begun.labelled() ? List.of("gpt", "xfs", "LVM2_member") : List.of("gpt");
          case Content.Finished finished -> List.of("gpt", "xfs", "LVM2_member");
        };
    List<String> labels =
        switch (content) {
          case Content.Blank blank -> List.of();
          case Content.Foreign foreign -> List.of("data" + foreign.since());
          case Content.Begun begun ->
              begun.labelled() ? List.of(begun.install().begun()) : List.of();
          case Content.Finished finished -> List.of(finished.install().label());
        };
    return new Disk(
        "sd" + (char) ('a' + bay),
        SIZE,
        serial,
        wwn ? "0x5000" + serial : "",
        "",
        List.of(path()),
        false,
        false,
        false,
        zero,
        signatures,
        labels);
  }

  @Override
  public String toString() {
    return serial + " " + content;
  }
}
