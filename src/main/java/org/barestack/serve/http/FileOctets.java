package org.barestack.serve.http;

import java.io.IOException;
import java.nio.channels.FileChannel;
import org.xnio.channels.StreamSinkChannel;

/**
 * A file, sent by sendfile(2).
 *
 * @param size octets that it had when it was opened
 */
record FileOctets(FileChannel file, long size) implements FileSender.Octets {
  @Override
  public long move(long position, long count, StreamSinkChannel sink) throws IOException {
    return move(file, position, count, sink);
  }

  /** The same with any file. */
  static long move(FileChannel file, long position, long count, StreamSinkChannel sink)
      throws IOException {
    long moved = sink.transferFrom(file, position, count);
    if (moved == 0 && position >= file.size()) {
      throw new IOException("the file became shorter while it was sent");
    }
    return moved;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
