package org.barestack.command;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Files of people that a command edits. */
final class EditedFile {
  private EditedFile() {}

  /**
   * Puts a new file in the place of the one that was read, with its mode and owner.
   *
   * @param target the file itself, behind all links
   * @param named as the caller calls it, for messages
   * @param before what was read
   * @throws Failure if something else stands in it now, or it may not be written
   */
  static void replace(Path target, Path named, byte[] before, byte[] after) throws IOException {
    if (!Files.isWritable(target)) {
      throw Failure.notDone(named + " may not be written; nothing was done");
    }
    Map<String, Object> owner = Files.readAttributes(target, "unix:uid,gid");
    String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(target));
    NewFile.put(
        target,
        mode,
        out -> out.write(after),
        fresh -> {
          own(fresh, owner);
          if (!Arrays.equals(Files.readAllBytes(target), before)) {
            throw Failure.notDone(
                named + " was edited meanwhile by somebody else and is left as it is; try again");
          }
          Files.move(
              fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        });
  }

  /** With sudo the file stays its owner's. Others cannot give files away, and need not. */
  private static void own(Path fresh, Map<String, Object> owner) throws IOException {
    Map<String, Object> now = Files.readAttributes(fresh, "unix:uid,gid");
    for (String key : List.of("gid", "uid")) {
      if (!Objects.equals(now.get(key), owner.get(key))) {
        try {
          Files.setAttribute(fresh, "unix:" + key, owner.get(key));
        } catch (FileSystemException e) {
          return;
        }
      }
    }
  }
}
