package org.barestack.format.iso;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.barestack.format.image.Content;
import org.barestack.format.image.Medium;
import org.barestack.format.image.Run;

/** What is done with contents of files. */
final class Contents {
  private Contents() {}

  /** With zeros behind it, up to a length that is not less than its own. */
  static Content padded(Content content, long length) {
    List<Run> runs = new ArrayList<>(content.runs());
    runs.add(new Run.Zeros(length - content.length()));
    return new Content(runs);
  }

  /** All octets of a short one. */
  static byte[] octets(Content content, Medium source) throws IOException {
    byte[] all = new byte[Math.toIntExact(content.length())];
    int at = 0;
    for (Run run : content.runs()) {
      int count = Math.toIntExact(run.length());
      switch (run) {
        case Run.OfSource(long offset, long _) -> source.read(offset, all, at, count);
        case Run.OfFile file -> read(file, ByteBuffer.wrap(all, at, count));
        case Run.Octets octets -> octets.copy(0, all, at, count);
        case Run.Zeros _ -> {}
      }
      at += count;
    }
    return all;
  }

  private static void read(Run.OfFile file, ByteBuffer into) throws IOException {
    try (FileChannel channel = FileChannel.open(file.file(), StandardOpenOption.READ)) {
      long at = file.offset();
      while (into.hasRemaining()) {
        int count = channel.read(into, at);
        if (count < 0) {
          throw new IOException(file.file() + " has become shorter while it was read");
        }
        at += count;
      }
    }
  }
}
