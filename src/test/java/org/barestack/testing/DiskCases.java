package org.barestack.testing;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Disks, and whether an install may write them: what the server's gate and the script on media that
 * ask no server must both answer. Both hold kvm1 of the lab; the labels are those of its installs
 * {@code bs72bsbbbbbb}, which asks, and {@code bs72bscccccc}, an earlier one.
 */
public final class DiskCases {
  /** Rules, disks, what was there before (a claim or a permit), and which disks are granted. */
  private static final String TABLE =
      """
      size 40         | sda 100 blank                                |        | sda
      size 40         | sda 100 blank; sdb 50 blank                  |        | sdb
      size 40         | sda 100 blank; sdb 20 blank                  |        | sda
      size 40 80      | sda 100 blank                                |        |
      size 40         | sda 100 ext4                                 |        |
      size 40         | sda 100 edges                                |        |
      size 40         | sda 100 ext4 label=backup                    |        |
      size 40         | sda 100 ext4; sdb 200 blank                  |        |
      size 40         | sda 100 blank used                           |        |
      size 40         | sda 100 blank readonly                       |        |
      size 40         | sda 100 blank medium                         |        |
      size 40         | sda 100 blank medium; sdb 200 blank          |        | sdb
      serial S1       | sda 100 blank serial=S2                      |        |
      serial S1       | sda 100 blank serial=S1; sdb 50 blank        |        | sda
      serial S1       | sda 50 blank serial=S1; sdb 60 blank serial=S1 |      |
      size 40,size 40 | sda 100 blank; sdb 100 blank                 |        | sda+sdb
      size 40,size 40 | sda 100 blank; sdb 100 ext4                  |        |
      size 40         | sda 100 blank; sdb 200 ext4 label=bs72bscccccc |      |
      size 40         | sda 100 ext4 label=bs72bscccccc              |        |
      size 40         | sda 100 ext4 label=bi72bscccccc              |        |
      size 40         | sda 100 ext4 serial=S1 label=bi72bsbbbbbb    | claim  | sda
      size 40         | sda 100 ext4 serial=S1 label=bs72bsbbbbbb    | claim  |
      size 40         | sda 100 ext4 serial=S1                       | permit | sda
      size 40         | sda 100 edges serial=S1                      | permit | sda
      size 40         | sda 100 blank serial=S1                      | permit | sda
      size 40         | sda 100 ext4 serial=S1 label=photos          | permit | sda
      size 40         | sda 100 ext4 serial=S1 label=bs72bscccccc    | permit | sda
      size 40         | sda 100 ext4 serial=S1 label=bi72bscccccc    | permit | sda
      size 40         | sda 100 ext4 serial=S1 label=bs72bsbbbbbb    | permit |
      size 40         | sda 100 ext4 serial=S1 used                  | permit |
      size 40         | sda 100 ext4 serial=S1 readonly              | permit |
      size 40         | sda 100 ext4 serial=S1 medium                | permit |
      size 40         | sda 50 ext4 serial=S1; sdb 200 ext4 label=bs72bscccccc | permit |
      size 40         | sda 50 ext4 serial=S1; sdb 200 ext4 label=photos       | permit | sda
      """;

  private DiskCases() {}

  /**
   * One of them.
   *
   * @param rules comma-separated
   * @param disks like {@code sda 100 ext4 serial=S1 label=x}, separated by semicolons, in GiB
   * @param before {@code claim}: this install claimed the first disk; {@code permit}: an operator
   *     permits to wipe it; else empty
   * @param granted names joined by {@code +}; empty if refused
   */
  public record Case(String rules, String disks, String before, String granted) {}

  /** All of them. */
  public static Stream<Case> all() {
    return TABLE
        .lines()
        .map(line -> Arrays.stream(line.split("[|]", -1)).map(String::strip).toList())
        .map((List<String> cell) -> new Case(cell.get(0), cell.get(1), cell.get(2), cell.get(3)));
  }
}
