package org.barestack.log;

import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import org.barestack.model.PlainText;

/**
 * {@code %plain} in the log's pattern: the message and, of a fault, what it and its causes say, on
 * one line. Whatever a part of the program logs, nothing from the network ends the line or steers
 * the terminal.
 */
public final class PlainMessage extends ClassicConverter {
  private static final int LONGEST = 4000;

  @Override
  public String convert(ILoggingEvent event) {
    StringBuilder text = new StringBuilder(String.valueOf(event.getFormattedMessage()));
    for (IThrowableProxy fault = event.getThrowableProxy();
        fault != null;
        fault = fault.getCause()) {
      text.append(": ").append(fault.getClassName()).append(": ").append(fault.getMessage());
      if (fault.getStackTraceElementProxyArray().length > 0) {
        text.append(' ').append(fault.getStackTraceElementProxyArray()[0].getSTEAsString());
      }
    }
    return PlainText.cut(PlainText.of(text.toString()), LONGEST);
  }
}
