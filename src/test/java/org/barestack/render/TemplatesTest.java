package org.barestack.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplatesTest {
  private static final Map<String, Object> VARIABLES =
      Map.of(
          "name",
          "a b",
          "number",
          9000,
          "yes",
          true,
          "no",
          false,
          "blank",
          "",
          "nasty",
          "{{ 7*7 }}{% raw %}",
          "list",
          List.of("x", "y z"),
          "nodes",
          List.of(Map.of("name", "n1"), Map.of("name", "n2")),
          "map",
          Map.of("key", "value"));

  @TempDir Path site;
  Path folder;
  Templates templates;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createDirectories(site.resolve("kickstart-templates"));
    templates = new Templates("kickstart-templates", List.of(site));
  }

  private String render(String template) throws IOException {
    Files.writeString(folder.resolve("t.j2"), template);
    return templates.render("t.j2", VARIABLES);
  }

  private List<TemplateProblem> problems(String template) throws IOException {
    try {
      throw new AssertionError("it rendered: " + render(template));
    } catch (TemplateException e) {
      return e.problems();
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          a word                | `{{ name~sh }}`                                | `'a b'`
          the end of a line     | `{{ name~sh -}}`                               | `'a b'`
          a number              | `{{ number~ks }}`                              | `9000`
          a list                | `{{ list~sh }}`                                | `x 'y z'`
          joined                | `{{ list~join(",")~ks }}`                      | `'x,y z'`
          element               | `{{ list[1]~sh }}`                             | `'y z'`
          property of element   | `{{ nodes[1].name~sh }}`                       | `n2`
          entry                 | `{{ map.key~sh }}{{ map["key"]~sh }}`          | `valuevalue`
          string                | `{{ "a|b }}"~sh }}`                            | `'a|b }}'`
          choice                | `{{ (name if no else "c")~sh }}`               | `c`
          sum                   | `{{ (name ++ "c")~sh }}`                       | `'a bc'`
          arithmetic            | `{{ (number - 4)~plain }}`                     | `8996`
          set                   | `{% set x = name~sh %}{{ x~raw }}`             | `'a b'`
          set and filter        | `{% set x = name %}{{ x~sh }}`                 | `'a b'`
          if                    | `{% if yes and not no and not blank %}1{% endif %}` | `1`
          if equal              | `{% if name == "a b" %}1{% else %}2{% endif %}`  | `1`
          in                    | `{% if "x" in list %}1{% endif %}`             | `1`
          for                   | `{% for n in nodes %}{{ n.name~sh }}{% if not loop.last %},{% endif %}{% endfor %}` | `n1,n2`
          value is no template  | `{{ nasty~comment }}`                          | `{{ 7*7 }}{% raw %}`
          raw                   | `{% raw %}{{ x }} ${#a[@]}{% endraw %}`        | `{{ x }} ${#a[@]}`
          filter on a filter    | `{{ name~sh~ks }}`                             | `''"'"'a b'"'"''`
          """)
  void renders(String what, String template, String expected) throws IOException {
    String text = template.replace("++", "\0").replace('~', '|').replace("\0", "~");
    assertThat(render(text)).as(what).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          no filter                 | `{{ name }}`                        | must end in a filter
          only another filter       | `{{ name~upper }}`                  | must end in a filter
          trimmed                   | `{{- name -}}`                      | must end in a filter
          filter in the middle      | `{{ name~sh~upper }}`               | must end in a filter
          choice without brackets   | `{{ name~sh if yes else name }}`    | must end in a filter
          choice, filter at the end | `{{ name if yes else name~sh }}`    | must end in a filter
          sum without brackets      | `{{ name ++ name~sh }}`             | must end in a filter
          or                        | `{{ name or name~sh }}`             | must end in a filter
          filter in brackets        | `{{ (name~sh) }}`                   | must end in a filter
          filter in a string        | `{{ "a~sh" }}`                      | must end in a filter
          filter name as variable   | `{{ sh }}`                          | must end in a filter
          set, then plain           | `{% set x = name~sh %}{{ x }}`      | must end in a filter
          raw of a value            | `{{ name~raw }}`                    | raw takes only
          raw of joined filters     | `{% set x = name~sh ++ name %}{{ x~raw }}` | raw takes only
          set of a block            | `{% set x %}{{ name~sh }}{% endset %}` | set
          undefined                 | `{{ nothing~sh }}`                  | 'nothing' is not defined
          undefined in if           | `{% if nothing %}{% endif %}`       | 'nothing' is not defined
          undefined behind and      | `{% if yes and nothing %}{% endif %}` | 'nothing' is not defined
          undefined in for          | `{% for x in nothing %}{% endfor %}` | 'nothing' is not defined
          undefined with default    | `{{ nothing~default("x")~sh }}`     | 'nothing' is not defined
          undefined entry           | `{{ map.other~sh }}`                | there is no 'other' in {key}
          undefined element         | `{{ list[7]~sh }}`                  | cannot be read here
          undefined in a false if   | `{% if no %}{{ name~shh }}{% endif %}` | no filter 'shh'
          unfiltered in a false if  | `{% if no %}{{ name }}{% endif %}`  | must end in a filter
          unknown filter            | `{{ name~hs~sh }}`                  | no filter 'hs'
          unknown filter in set     | `{% set x = name~hs %}`             | no filter 'hs'
          rendering filter          | `{{ nasty~render~sh }}`             | no filter 'render'
          unknown tag               | `{% blah %}`                        | blah
          tag that is not allowed   | `{% macro m() %}{% endmacro %}`     | macro
          print                     | `{% print name %}`                  | print
          do                        | `{% do name %}`                     | do
          import                    | `{% import "t.j2" as t %}`          | import
          function                  | `{{ range(3)~join~sh }}`            | functions cannot be called
          function in if            | `{% if type(name) %}{% endif %}`    | type
          method                    | `{{ name.getClass()~sh }}`          | functions cannot be called
          method in if              | `{% if name.getClass() %}{% endif %}` | getClass
          property of a string      | `{% if name.bytes %}{% endif %}`    | 'bytes' cannot be read here
          class of a map            | `{% if map.class %}{% endif %}`     | there is no 'class'
          interpreter               | `{% if ____int3rpr3t3r____.config %}{% endif %}` | 'config' cannot be read here
          list as a word            | `{{ list~ks }}`                     | not a single value
          line break                | `{{ "a\\nb"~sh }}`                  | line break
          open if                   | `{% if yes %}`                      | endif
          open expression           | `{{ name~sh`                        | Unclosed
          missing include           | `{% include "none.sh" %}`           | there is no template kickstart-templates/none.sh
          include outside           | `{% include "../x" %}`              | may not lead out
          include absolute          | `{% include "/etc/passwd" %}`       | may not lead out
          include itself            | `{% include "t.j2" %}`              | without end
          length of an array        | `n=${#a[@]}`                        | template comment
          """)
  void refuses(String what, String template, String message) throws IOException {
    String text = template.replace("++", "\0").replace('~', '|').replace("\0", "~");
    assertThat(problems(text)).as(what).anyMatch(problem -> problem.message().contains(message));
  }

  @Test
  void problemsNameFileAndLineAndComeTogether() throws IOException {
    Files.writeString(
        folder.resolve("inner.j2"), "one\n{% if yes %}\n{{ second|sh }}\n{% endif %}\n");
    assertThat(
            problems(
                """
                first
                {# a comment
                   of two lines #}
                {% if yes %}
                {{ third|sh }}
                {% endif %}
                {% include "inner.j2" %}
                {{ fourth|sh }}
                {{ name }}
                """))
        .extracting(
            problem -> problem.file().replace("kickstart-templates/", "") + ":" + problem.line())
        .containsExactly("t.j2:9", "t.j2:5", "inner.j2:3", "t.j2:8");
  }

  @Test
  void linesOfTagsLeaveNoLines() throws IOException {
    Files.writeString(folder.resolve("in.sh"), "one\ntwo\n");
    Files.writeString(folder.resolve("empty.j2"), "{# nothing #}\n");
    assertThat(
            render(
                """
                {# header #}
                a
                  {% for n in nodes %}
                  {% if n.name == "n1" %}{# both #}
                  - {{ n.name|sh }}
                  {% endif %}
                {% endfor %}

                {% include "in.sh" %}
                x{% include "in.sh" %}y
                {% include "empty.j2" %}
                {% include "roles/" ~ map.key ignore missing %}
                {% set z = 1 %}
                {% if no %}
                {% endif %}
                f() {
                {% if yes %}
                  b {% if yes %}c{% endif %}
                {% endif %}
                }
                d
                """))
        .isEqualTo("a\n  - n1\n\none\ntwo\nxone\ntwoy\nf() {\n  b c\n}\nd\n");
  }

  @Test
  void theFirstRootWinsFileByFile(@TempDir Path other) throws IOException {
    Path second = Files.createDirectories(other.resolve("kickstart-templates/d"));
    Files.createDirectories(folder.resolve("d"));
    Files.writeString(folder.resolve("d/a"), "site\n");
    Files.writeString(second.resolve("a"), "other\n");
    Files.writeString(second.resolve("b"), "other\n");
    Templates both = new Templates("kickstart-templates", List.of(site, other));
    assertThat(both.list("d")).containsExactly("a", "b");
    assertThat(both.render("d/a", Map.of())).isEqualTo("site\n");
    assertThat(both.render("d/b", Map.of())).isEqualTo("other\n");
  }

  @Test
  void aLinkOutOfTheRootIsNotFollowed() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("t.j2"), Path.of("/etc/hostname"));
    assertThatExceptionOfType(TemplateException.class)
        .isThrownBy(() -> templates.render("t.j2", Map.of()))
        .withMessageContaining("link that leads out");
    Files.delete(link);
  }

  @Test
  void aLoopWithoutEndIsStopped() throws IOException {
    String loops = "{% for a in l %}".repeat(5) + "0123456789" + "{% endfor %}".repeat(5);
    Files.writeString(folder.resolve("t.j2"), loops);
    List<String> many = java.util.Collections.nCopies(100, "x");
    assertThatExceptionOfType(TemplateException.class)
        .isThrownBy(() -> templates.render("t.j2", Map.of("l", many)));
  }

  @Test
  void outputHasAnEnd() throws IOException {
    String loops = "{% for a in list %}".repeat(17);
    assertThat(problems(loops + "x".repeat(40) + "{% endfor %}".repeat(17)).toString())
        .contains("more than 4000000 characters come out");
    assertThat(
            problems(loops + "{{ '" + "x".repeat(40) + "'|sh }}" + "{% endfor %}".repeat(17))
                .toString())
        .contains("more than 4000000 characters come out");
  }
}
