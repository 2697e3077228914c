package org.barestack.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.barestack.model.Site;
import org.barestack.testing.Command;
import org.barestack.testing.Command.Result;
import org.barestack.testing.Sites;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every text of a site, replaced by every nasty one: rendering refuses it, or what comes out has
 * the same lines in the same sections, and each shell script still reads the text as itself.
 */
class NastyValuesTest {
  private static final Renderer RENDERER = new Renderer(List.of());
  private static final Site SITE = small(Sites.rack());
  private static final Map<String, String> BASELINE = Nasty.artefacts(RENDERER, SITE);

  private static final Set<String> USUAL =
      BASELINE.entrySet().stream()
          .flatMap(artefact -> scripts(artefact).stream())
          .collect(Collectors.toSet());

  /** A manager and a worker are enough. */
  private static Site small(Site site) {
    return new Site(
        site.name(),
        site.time(),
        site.localization(),
        site.rocky(),
        site.cloudstack(),
        site.repositories(),
        site.provisioning(),
        site.networks(),
        site.access(),
        site.workers(),
        site.storage(),
        site.zone(),
        site.backup(),
        site.nodes().subList(0, 2),
        site.trust());
  }

  static Stream<Object> texts() {
    Set<Object> found = new LinkedHashSet<>();
    collect(SITE, found);
    assertThat(found).hasSizeGreaterThan(50);
    return found.stream();
  }

  private static void collect(@Nullable Object value, Set<Object> found) {
    switch (value) {
      case null -> {}
      case String text -> found.add(text);
      case URI uri -> found.add(uri);
      case List<?> list -> list.forEach(element -> collect(element, found));
      case Map<?, ?> map -> {
        collect(new ArrayList<>(map.keySet()), found);
        collect(new ArrayList<>(map.values()), found);
      }
      case Record parts -> components(parts).forEach(part -> collect(read(part, parts), found));
      default -> {}
    }
  }

  /** What an assignment of one quoted word, which may hold more than the value, assigns. */
  private static String unquoted(String assignment) {
    return assignment
        .substring(assignment.indexOf('=') + 2, assignment.length() - 1)
        .replace("'\\''", "'");
  }

  @ParameterizedTest
  @MethodSource("texts")
  void staysItselfOrIsRefused(Object text, @TempDir Path folder) throws IOException {
    StringBuilder assignments = new StringBuilder();
    StringBuilder expected = new StringBuilder();
    int scripts = 0;
    for (String nasty : Nasty.TEXTS) {
      Object instead = text instanceof URI ? uri(nasty) : like((String) text, nasty);
      Map<String, String> rendered = render(text, instead);
      if (!text.toString().contains("\n")) {
        assertThat(Nasty.shape(rendered)).as(nasty).isEqualTo(Nasty.shape(BASELINE));
      }
      for (Map.Entry<String, String> artefact : rendered.entrySet()) {
        for (String script : scripts(artefact)) {
          if (USUAL.contains(script)) {
            continue;
          }
          Files.writeString(folder.resolve(scripts++ + ".sh"), script);
          for (String line : script.lines().toList()) {
            if (line.matches("[a-z_]+='.*'") && line.contains(instead.toString())) {
              assignments
                  .append(line)
                  .append("; printf '%s\\n' \"$")
                  .append(line, 0, line.indexOf('='));
              assignments.append("\"\n");
              expected.append(unquoted(line)).append('\n');
            }
          }
        }
      }
    }
    assertThat(Command.of("bash").input(assignments.toString()).run())
        .isEqualTo(new Result(0, expected.toString(), ""));
    String parse =
        "for file in \"$0\"/*.sh; do [[ ! -e $file ]] || bash -n \"$file\" || exit; done";
    assertThat(Command.of("bash", "-c", parse, folder.toString()).run().all())
        .isEqualTo("status 0\n");
  }

  /** A release stays one that has a major number: the model reads it before any template does. */
  private static String like(String text, String nasty) {
    return text.equals(SITE.rocky().release()) ? SITE.rocky().major() + "." + nasty : nasty;
  }

  private static URI uri(String nasty) {
    try {
      return new URI("http", "nasty.example", "/" + nasty, null);
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** What is rendered with the text replaced everywhere; the baseline if it is refused. */
  private static Map<String, String> render(Object text, Object instead) {
    try {
      Site site = (Site) rebuild(SITE, value -> value.equals(text) ? instead : value);
      return Nasty.artefacts(RENDERER, site);
    } catch (TemplateException | Unbuildable e) {
      return BASELINE;
    }
  }

  private static List<String> scripts(Map.Entry<String, String> artefact) {
    if (artefact.getKey().endsWith(".ks")) {
      return Sections.of(artefact.getValue()).sections().stream()
          .filter(section -> section.header().contains("bash"))
          .map(section -> String.join("\n", section.body()) + "\n")
          .toList();
    }
    return artefact.getValue().startsWith("#!/usr/bin/bash")
        ? List.of(artefact.getValue())
        : List.of();
  }

  /** A record's own constructor refuses the text. */
  private static final class Unbuildable extends RuntimeException {
    private static final long serialVersionUID = 1;

    Unbuildable(@Nullable Throwable cause) {
      super(cause);
    }
  }

  private static @Nullable Object replace(@Nullable Object value, UnaryOperator<Object> with) {
    return switch (value) {
      case null -> null;
      case String text -> with.apply(text);
      case URI uri -> with.apply(uri);
      case List<?> list -> {
        List<Object> copy = new ArrayList<>();
        list.forEach(element -> copy.add(replace(element, with)));
        yield copy;
      }
      case Map<?, ?> map -> {
        Map<Object, Object> copy = new LinkedHashMap<>();
        map.forEach((key, element) -> copy.put(replace(key, with), replace(element, with)));
        yield copy;
      }
      case Record parts -> rebuild(parts, with);
      default -> value;
    };
  }

  private static Object rebuild(Record parts, UnaryOperator<Object> with) {
    List<RecordComponent> components = components(parts);
    try {
      Constructor<?> constructor =
          parts
              .getClass()
              .getDeclaredConstructor(
                  components.stream().map(RecordComponent::getType).toArray(Class<?>[]::new));
      return constructor.newInstance(
          components.stream().map(part -> replace(read(part, parts), with)).toArray());
    } catch (InvocationTargetException e) {
      throw new Unbuildable(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  private static List<RecordComponent> components(Record parts) {
    return Arrays.asList(parts.getClass().getRecordComponents());
  }

  private static @Nullable Object read(RecordComponent part, Record of) {
    try {
      return part.getAccessor().invoke(of);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }
}
