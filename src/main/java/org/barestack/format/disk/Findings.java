package org.barestack.format.disk;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.barestack.format.disk.Finding.Kind;

/** What of a disk's tables is wrong, or would be without the hybrid images' reasons. */
final class Findings {
  /** Of each table; a broken one could say the same thousands of times. */
  private static final int MOST = 20;

  private static final long PROTECTS_ALL = 0xffff_ffffL;
  private static final long REVISION = 0x10000;

  private final PartitionTables tables;
  private final List<Finding> findings = new ArrayList<>();
  private String place = "MBR";

  Findings(PartitionTables tables) {
    this.tables = tables;
  }

  List<Finding> all() {
    tables.mbr().ifPresent(this::mbr);
    boolean isProtected = tables.mbr().filter(Mbr::isProtective).isPresent();
    tables
        .gpt()
        .ifPresentOrElse(
            gpt -> {
              place = "GPT at sector 1";
              if (!isProtected) {
                hybrid("the MBR does not name it, so Linux and UEFI firmware go by the MBR");
              }
              header(gpt, 1);
              partitions(gpt, isProtected);
              backup(gpt, isProtected);
            },
            () -> {
              if (isProtected) {
                wrong("it says that there is a GPT, and at sector 1 there is none");
              }
            });
    return List.copyOf(findings);
  }

  private void wrong(String problem) {
    findings.add(new Finding(Kind.WRONG, place, problem));
  }

  private void hybrid(String problem) {
    findings.add(new Finding(Kind.HYBRID, place, problem));
  }

  private void mbr(Mbr mbr) {
    List<MbrEntry> partitions = mbr.partitions();
    for (MbrEntry entry : partitions) {
      place = "MBR, partition " + entry.number();
      if (entry.status() != 0 && entry.status() != MbrEntry.ACTIVE) {
        wrong("its status is %#x, where 0 or 0x80 belong".formatted(entry.status()));
      }
      if (entry.type() == MbrEntry.PROTECTIVE) {
        protective(entry, partitions.size());
      } else if (entry.end() > tables.sectors()) {
        wrong(
            "it ends at sector %d, and the disk has %d"
                .formatted(entry.end() - 1, tables.sectors()));
      }
      overlaps(entry, partitions);
    }
    place = "MBR";
    if (partitions.stream().filter(entry -> entry.status() == MbrEntry.ACTIVE).count() > 1) {
      wrong("more than one partition is active");
    }
  }

  private void protective(MbrEntry entry, int partitions) {
    if (entry.start() != 1) {
      wrong(
          "it shall keep a GPT from harm and begins at sector %d, not 1".formatted(entry.start()));
    } else if (entry.sectors() != PROTECTS_ALL && entry.end() != tables.sectors()) {
      wrong(
          "it shall keep a GPT from harm and ends at sector %d, and the disk's last one is %d"
              .formatted(entry.end() - 1, tables.sectors() - 1));
    } else if (partitions > 1) {
      hybrid("it stands for a GPT, and there are others beside it");
    }
  }

  private void overlaps(MbrEntry entry, List<MbrEntry> partitions) {
    for (MbrEntry before : partitions) {
      if (before.number() < entry.number()
          && before.start() < entry.end()
          && entry.start() < before.end()) {
        String problem = "it overlaps partition " + before.number();
        // isohybrid's first partition is the whole image, so that the ESP lies in it
        if (before.start() == 0 && entry.end() <= before.end()) {
          hybrid(problem);
        } else {
          wrong(problem);
        }
      }
    }
  }

  /** The header, and whether the entries are those of it. */
  private void header(Gpt gpt, long at) {
    GptHeader header = gpt.header();
    if (header.length() < GptHeader.LENGTH || header.length() > PartitionTables.SECTOR) {
      wrong("its header has %d octets, where 92 to 512 belong".formatted(header.length()));
    } else if (!gpt.isHeaderCrcRight()) {
      wrong("the header's check sum is wrong");
    }
    if (header.revision() != REVISION) {
      wrong("its revision is %#x, where 0x10000 belongs".formatted(header.revision()));
    }
    if (header.self() != at) {
      wrong("it says that it is at sector " + Long.toUnsignedString(header.self()));
    }
    long length = header.entryLength();
    if (length < GptEntry.LENGTH || Long.bitCount(length) != 1) {
      wrong("its entries have %d octets, where 128, 256, 512 and so on belong".formatted(length));
    }
    if (!gpt.hasArray()) {
      wrong(
          "%d entries of %d octets from sector %s on cannot be read"
              .formatted(header.count(), length, Long.toUnsignedString(header.entries())));
      return;
    }
    if (gpt.arrayCrc() != header.entriesCrc()) {
      wrong("the entries' check sum is wrong");
    }
    usable(header, at);
  }

  private void usable(GptHeader header, long at) {
    long arrayEnd = header.entries() + header.arraySectors();
    long first = header.firstUsable();
    long last = header.lastUsable();
    if (first < 2 || last < first || last >= tables.sectors()) {
      wrong(
          "it says that sectors %s to %s can be used, and the disk has %d"
              .formatted(
                  Long.toUnsignedString(first), Long.toUnsignedString(last), tables.sectors()));
    } else if ((header.entries() <= last && first < arrayEnd) || (first <= at && at <= last)) {
      wrong("it lies within the sectors that can be used, %d to %d".formatted(first, last));
    }
  }

  private void partitions(Gpt gpt, boolean isProtected) {
    String table = place;
    int before = findings.size();
    Set<UUID> ids = new HashSet<>();
    List<GptEntry> sorted =
        gpt.partitions().stream().sorted(Comparator.comparingLong(GptEntry::first)).toList();
    long end = -1;
    int last = 0;
    for (GptEntry entry : sorted) {
      if (findings.size() - before >= MOST) {
        place = table;
        wrong("and more of that kind");
        break;
      }
      place = table + ", partition " + entry.number();
      if (!ids.add(entry.id())) {
        wrong("another one has the same id " + entry.id());
      }
      if (entry.first() < 0 || entry.last() < entry.first()) {
        wrong(
            "it goes from sector %s to %s"
                .formatted(
                    Long.toUnsignedString(entry.first()), Long.toUnsignedString(entry.last())));
        continue;
      }
      if (entry.first() < gpt.header().firstUsable() || entry.last() > gpt.header().lastUsable()) {
        range(
            entry.last() < tables.sectors() && !isProtected,
            "it goes from sector %d to %d, and %s to %s can be used"
                .formatted(
                    entry.first(),
                    entry.last(),
                    Long.toUnsignedString(gpt.header().firstUsable()),
                    Long.toUnsignedString(gpt.header().lastUsable())));
      }
      if (entry.first() <= end) {
        range(!isProtected, "it overlaps partition " + last);
      }
      if (entry.last() > end) {
        end = entry.last();
        last = entry.number();
      }
    }
    place = table;
  }

  /** isohybrid's GPT, which nothing goes by, has the whole image as its first partition. */
  private void range(boolean isHybrid, String problem) {
    if (isHybrid) {
      hybrid(problem);
    } else {
      wrong(problem);
    }
  }

  private void backup(Gpt primary, boolean isProtected) {
    place = "GPT at sector 1";
    long at = primary.header().other();
    if (tables.backup().isEmpty()) {
      wrong("its backup should be at sector %s, and is not".formatted(Long.toUnsignedString(at)));
      return;
    }
    if (at != tables.sectors() - 1) {
      wrong(
          "its backup should be in the disk's last sector %d, and it says %s"
              .formatted(tables.sectors() - 1, Long.toUnsignedString(at)));
    }
    Gpt backup = tables.backup().get();
    place = "GPT's backup at sector " + backup.at();
    GptHeader header = backup.header();
    header(backup, backup.at());
    if (!header.disk().equals(primary.header().disk())
        || header.firstUsable() != primary.header().firstUsable()
        || header.lastUsable() != primary.header().lastUsable()
        || header.other() != 1
        || !backup.hasSameArray(primary)) {
      wrong("it is not the same as what it is the backup of");
      partitions(backup, isProtected);
    }
  }
}
