package org.barestack.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Gives a target what was once found, then mutations of what it is known to take. Inputs whose
 * outcome has a new shape are mutated further, and stay in {@code target/fuzz} for {@code make
 * fuzz}, which goes on from there by code coverage.
 */
public final class Fuzz {
  private static final Path KEPT = Path.of("src/test/resources/fuzz");
  private static final Path FOUND = Path.of("target/fuzz");
  private static final int LONGEST = 8192;

  /** Octets that lengths, limits and ends of text are made of. */
  private static final byte[] TELLING = {0, 1, 2, 4, 6, 16, 127, -128, -2, -1, ' ', '\n', '\r'};

  private final SplittableRandom random;
  private final List<byte[]> pool;
  private final List<byte[]> words;

  private Fuzz(long seed, List<byte[]> pool, List<byte[]> words) {
    this.random = new SplittableRandom(seed);
    this.pool = pool;
    this.words = words;
  }

  /** What is fuzzed. */
  public interface Target {
    /**
     * Takes one input, and throws if what comes of it is wrong.
     *
     * @return what tells this outcome from others, compared by equals
     */
    Object take(byte[] input) throws Exception;
  }

  /**
   * Runs so many mutations; -Dseed=N repeats a run.
   *
   * @param name folder of the inputs that were found
   * @param words what mutations may insert
   */
  public static void run(
      String name, int inputs, List<byte[]> seeds, List<byte[]> words, Target target) {
    long seed = Long.getLong("seed", System.nanoTime());
    long start = System.nanoTime();
    Fuzz fuzz = new Fuzz(seed, new ArrayList<>(seeds), words);
    fuzz.pool.addAll(kept(name));
    Set<Object> shapes = new HashSet<>();
    for (byte[] input : List.copyOf(fuzz.pool)) {
      shapes.add(fuzz.shape(name, seed, target, input));
    }
    for (int i = 0; i < inputs; i++) {
      byte[] input = fuzz.mutated();
      if (shapes.add(fuzz.shape(name, seed, target, input))) {
        fuzz.pool.add(input);
      }
    }
    fuzz.write(FOUND.resolve(name));
    System.out.printf(
        "fuzz %s: %d inputs in %d ms, %d shapes, -Dseed=%d%n",
        name, inputs, Duration.ofNanos(System.nanoTime() - start).toMillis(), shapes.size(), seed);
  }

  private Object shape(String name, long seed, Target target, byte[] input) {
    try {
      return target.take(input);
    } catch (AssertionError | Exception e) {
      throw new AssertionError(
          "%s: -Dseed=%d, or this input, to be kept in %s: %s"
              .formatted(name, seed, KEPT.resolve(name), HexFormat.of().formatHex(input)),
          e);
    }
  }

  private static List<byte[]> kept(String name) {
    Path folder = KEPT.resolve(name);
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<byte[]> inputs = new ArrayList<>();
      for (Path file : files.sorted().toList()) {
        inputs.add(Files.readAllBytes(file));
      }
      return inputs;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(Path folder) {
    try {
      Files.createDirectories(folder);
      for (byte[] input : pool) {
        Files.write(folder.resolve(Integer.toHexString(Arrays.hashCode(input))), input);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] mutated() {
    byte[] input = pool.get(random.nextInt(pool.size()));
    for (int i = 1 << random.nextInt(4); i > 0; i--) {
      input = mutation(input);
    }
    return input.length > LONGEST ? Arrays.copyOf(input, LONGEST) : input;
  }

  private byte[] mutation(byte[] input) {
    int from = random.nextInt(input.length + 1);
    int to = from + random.nextInt(Math.min(64, input.length - from) + 1);
    byte[] part = Arrays.copyOfRange(input, from, to);
    byte[] other = pool.get(random.nextInt(pool.size()));
    int cut = random.nextInt(other.length + 1);
    return switch (random.nextInt(10)) {
      case 0 -> changed(input, (byte) (1 << random.nextInt(8)), true);
      case 1 -> changed(input, TELLING[random.nextInt(TELLING.length)], false);
      case 2 -> changed(input, (byte) random.nextInt(), false);
      case 3 -> Arrays.copyOf(input, from);
      case 4 -> joined(input, from, new byte[0], to);
      case 5 -> joined(input, from, repeated(part, random.nextInt(2, 40)), to);
      case 6 -> joined(input, from, Arrays.copyOfRange(other, cut, other.length), input.length);
      case 7 -> joined(input, random.nextInt(from + 1), part, from);
      case 8 -> joined(input, from, words.get(random.nextInt(words.size())), from);
      default -> joined(input, from, words.get(random.nextInt(words.size())), to);
    };
  }

  private byte[] changed(byte[] input, byte value, boolean flip) {
    byte[] output = input.clone();
    if (output.length > 0) {
      int at = random.nextInt(output.length);
      output[at] = (byte) (flip ? output[at] ^ value : value);
    }
    return output;
  }

  /** The input to {@code from}, the middle, and the input from {@code to} on. */
  private static byte[] joined(byte[] input, int from, byte[] middle, int to) {
    byte[] output = Arrays.copyOf(input, from + middle.length + input.length - to);
    System.arraycopy(middle, 0, output, from, middle.length);
    System.arraycopy(input, to, output, from + middle.length, input.length - to);
    return output;
  }

  private static byte[] repeated(byte[] part, int times) {
    byte[] output = new byte[part.length * times];
    for (int i = 0; i < times; i++) {
      System.arraycopy(part, 0, output, i * part.length, part.length);
    }
    return output;
  }
}
