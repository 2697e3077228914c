package org.barestack.rehearse;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The screen of a terminal on a serial port, as firmware and boot loaders draw on it: 80 columns,
 * and the control sequences that they use (ECMA-48), without colours. SeaBIOS shows there what
 * programs print by INT 10h, EDK2 what they print by the console protocol.
 */
public final class TextScreen {
  private static final int COLUMNS = 80;

  /** EDK2 sends box characters so, SeaBIOS and GRUB in UTF-8. */
  private static final Charset CODE_PAGE = Charset.forName("IBM437");

  private static final int ESCAPE = 0x1b;

  /** Lines of SeaBIOS's text mode. */
  static final int BIOS_LINES = 25;

  /** Lines of the text mode that OVMF chooses. */
  static final int UEFI_LINES = 50;

  private final int lines;
  private final char[][] cells;
  private final StringBuilder sequence = new StringBuilder();
  private final List<Byte> character = new ArrayList<>();
  private int line;
  private int column;
  private boolean full;
  private boolean drawing;

  /** A blank one of that many lines. */
  public TextScreen(int lines) {
    this.lines = lines;
    cells = new char[lines][COLUMNS];
    clear(0, lines * COLUMNS);
  }

  /** Shows octets from the port. */
  public void show(byte[] octets, int count) {
    for (int at = 0; at < count; at++) {
      show(octets[at]);
    }
  }

  private void show(byte octet) {
    int value = octet & 0xff;
    if (!sequence.isEmpty()) {
      sequence.append((char) value);
      control();
    } else if (value == ESCAPE) {
      flush();
      sequence.append((char) value);
    } else if (value >= 0x80) {
      multibyte(octet);
    } else {
      flush();
      plain(value);
    }
  }

  private void plain(int value) {
    switch (value) {
      case '\r' -> moveTo(line, 0);
      case '\n' -> feed();
      case '\b' -> moveTo(line, column - 1);
      case '\t' -> moveTo(line, (column / 8 + 1) * 8);
      case 0x0e -> drawing = true;
      case 0x0f -> drawing = false;
      default -> {
        if (value >= ' ' && value != 0x7f) {
          put(drawing ? drawn((char) value) : (char) value);
        }
      }
    }
  }

  /** Lines in the second character set of a VT100, which isolinux uses. */
  private static char drawn(char one) {
    int at = "lqkxtumjnvw".indexOf(one);
    return at < 0 ? one : "┌─┐│├┤└┘┼┴┬".charAt(at);
  }

  /** Octets above 127: the UTF-8 of a box or an arrow (U+2xxx), else the PC's code page. */
  private void multibyte(byte octet) {
    if ((octet & 0xc0) != 0x80) {
      flush();
    }
    character.add(octet);
    if (character.getFirst() != (byte) 0xe2 || character.size() == 3) {
      flush();
    }
  }

  private void flush() {
    if (character.isEmpty()) {
      return;
    }
    byte[] octets = new byte[character.size()];
    for (int at = 0; at < octets.length; at++) {
      octets[at] = character.get(at);
    }
    character.clear();
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
    } catch (CharacterCodingException e) {
      text = new String(octets, CODE_PAGE);
    }
    text.chars().forEach(one -> put((char) one));
  }

  /** The cursor stays behind the last column until the next character. */
  private void put(char one) {
    if (full) {
      moveTo(line, 0);
      feed();
    }
    cells[line][column] = one;
    full = column == COLUMNS - 1;
    column = Math.min(column + 1, COLUMNS - 1);
  }

  private void feed() {
    if (line < lines - 1) {
      moveTo(line + 1, column);
      return;
    }
    System.arraycopy(cells, 1, cells, 0, lines - 1);
    cells[lines - 1] = new char[COLUMNS];
    clear((lines - 1) * COLUMNS, COLUMNS);
    full = false;
  }

  private void moveTo(int toLine, int toColumn) {
    line = Math.clamp(toLine, 0, lines - 1);
    column = Math.clamp(toColumn, 0, COLUMNS - 1);
    full = false;
  }

  private void clear(int from, int count) {
    for (int at = from; at < from + count; at++) {
      cells[at / COLUMNS][at % COLUMNS] = ' ';
    }
  }

  /** Carries out a control sequence once it is whole. */
  private void control() {
    char last = sequence.charAt(sequence.length() - 1);
    if (sequence.length() == 2 && last != '[' && "()%#".indexOf(last) < 0) {
      if (last == 'c') {
        clear(0, lines * COLUMNS);
        moveTo(0, 0);
      }
      sequence.setLength(0);
    } else if (sequence.length() == 3 && sequence.charAt(1) != '[') {
      sequence.setLength(0);
    } else if (sequence.length() > 2 && last >= '@' && last <= '~') {
      int[] numbers = numbers(sequence.substring(2, sequence.length() - 1));
      sequence.setLength(0);
      carryOut(last, numbers);
    } else if (sequence.length() > 40) {
      sequence.setLength(0); // no sequence is so long
    }
  }

  private static int[] numbers(String text) {
    return Arrays.stream(text.split(";", -1))
        .mapToInt(one -> one.matches("[0-9]{1,4}") ? Integer.parseInt(one) : 0)
        .toArray();
  }

  private void carryOut(char what, int[] numbers) {
    int first = numbers[0];
    int steps = Math.max(first, 1);
    switch (what) {
      case 'H', 'f' -> moveTo(first - 1, numbers.length > 1 ? numbers[1] - 1 : 0);
      case 'A' -> moveTo(line - steps, column);
      case 'B' -> moveTo(line + steps, column);
      case 'C' -> moveTo(line, column + steps);
      case 'D' -> moveTo(line, column - steps);
      case 'G' -> moveTo(line, first - 1);
      case 'd' -> moveTo(first - 1, column);
      case 'J' -> erase(first, 0, lines * COLUMNS);
      case 'K' -> erase(first, line * COLUMNS, COLUMNS);
      default -> {
        // colours and modes
      }
    }
  }

  /** From the cursor on (0), up to it (1), or all of it (2). */
  private void erase(int which, int from, int count) {
    int cursor = line * COLUMNS + column;
    switch (which) {
      case 0 -> clear(cursor, from + count - cursor);
      case 1 -> clear(from, cursor + 1 - from);
      default -> clear(from, count);
    }
  }

  /** What it shows: a text line each, without blanks at the end, without blank lines at the end. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (char[] one : cells) {
      text.append(new String(one).stripTrailing()).append('\n');
    }
    return text.toString().stripTrailing() + "\n";
  }
}
