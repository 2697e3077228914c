package org.barestack.render;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.el.JinjavaNodePreProcessor;
import com.hubspot.jinjava.el.JinjavaProcessors;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.Context.Library;
import com.hubspot.jinjava.interpret.InterpretException;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.lib.Importable;
import com.hubspot.jinjava.lib.expression.ExpressionStrategy;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import com.hubspot.jinjava.lib.tag.Tag;
import com.hubspot.jinjava.tree.ExpressionNode;
import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.TagNode;
import com.hubspot.jinjava.tree.TextNode;
import com.hubspot.jinjava.tree.output.RenderedOutputNode;
import com.hubspot.jinjava.tree.parse.ExpressionToken;
import com.hubspot.jinjava.util.ForLoop;
import java.beans.FeatureDescriptor;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELResolver;
import org.barestack.render.Contexts.Refusal;
import org.barestack.render.Contexts.Rendered;
import org.jspecify.annotations.Nullable;

/**
 * One folder of Jinja templates. Strict: a variable that is not defined, an unknown filter, tag or
 * file and an expression without a filter for its context are problems, and no text comes out. A
 * template sees maps, lists, strings, numbers and booleans; it can call nothing. The whole of
 * jinjava is behind this class.
 *
 * <p>Files whose name ends in {@code .j2} are templates; all others are included as they stand. A
 * line that holds only tags leaves no line behind.
 */
final class Templates {
  /** In characters; far more than any kickstart, and soon reached by a loop gone wrong. */
  private static final int MOST_OUTPUT = 4_000_000;

  private static final int DEEPEST_INCLUDE = 10;

  private static final Set<String> TAGS =
      Set.of("if", "elif", "else", "endif", "for", "endfor", "include", "set", "raw", "endraw");

  /** Filters that change a value and do not make it fit for a context. */
  private static final Set<String> PLAIN_FILTERS =
      Set.of("default", "first", "join", "last", "length", "lower", "replace", "upper");

  /** How many kinds of views of one template are kept; sites have few kinds of nodes. */
  private static final int KINDS = 32;

  /** An expression that is a value and one filter. */
  private static final Pattern WRITTEN =
      Pattern.compile("\\s*(" + Tracking.VALUE + ")\\s*\\|\\s*(\\w+)\\s*");

  private final TemplateFiles files;
  private volatile @Nullable Jinjava made;
  private final Map<String, InContext> filters = new HashMap<>();
  private final @Nullable OnePass onePass;

  Templates(String folder, List<Path> siteRoots) {
    this(folder, siteRoots, false);
  }

  /** What one pass over the nodes of a site need not do again. */
  private static final class OnePass {
    private final Map<String, Tree> trees = new ConcurrentHashMap<>();
    private final Map<String, List<Draft>> drafts = new ConcurrentHashMap<>();

    /** What a thread makes a draft of; others that come meanwhile make none of the same. */
    private final Set<String> drafting = ConcurrentHashMap.newKeySet();

    private volatile OfSite containers = new OfSite(new Object(), Set.of());

    private record OfSite(Object site, Set<Object> all) {}

    List<Draft> drafts(String template) {
      return drafts.computeIfAbsent(template, _ -> new CopyOnWriteArrayList<>());
    }

    /** All maps and lists in a site's view, which is large and the same for all nodes. */
    @SuppressWarnings("ReferenceEquality") // the views of two sites are long, and never equal
    Set<Object> containers(@Nullable Object site) {
      OfSite known = containers;
      if (site == null) {
        return Set.of();
      }
      if (known.site() != site) {
        known = new OfSite(site, Tracking.containers(site));
        containers = known;
      }
      return known.all();
    }
  }

  /**
   * A template that was parsed.
   *
   * @param apart whether something in it keeps braces apart, as in few
   */
  private record Tree(Node root, boolean apart) {}

  /**
   * @param onePass whether files are read and checked once only, and templates do not run again for
   *     views that differ in nothing but what they write; else a change of a file is seen at once
   */
  Templates(String folder, List<Path> siteRoots, boolean onePass) {
    this.files = new TemplateFiles(folder, siteRoots, onePass);
    this.onePass = onePass ? new OnePass() : null;
    Contexts.BY_NAME.forEach((name, write) ->
        filters.put(name, new InContext(name, write, onePass ? new ConcurrentHashMap<>() : null)));
  }

  /** Made by who renders first: many a command only looks which files there are. */
  private Jinjava jinjava() {
    Jinjava known = made;
    if (known == null) {
      known = new Jinjava(Config.SAME);
      filters.values().forEach(known.getGlobalContext()::registerFilter);
      known.getGlobalContext().registerTag(new Include());
      made = known;
    }
    return known;
  }

  /** To learn what is to be switched off takes a Jinjava of its own, so once is enough. */
  private static final class Config {
    static final JinjavaConfig SAME = config();
  }

  /**
   * Counts what is written. Jinjava's own limit encodes every piece of text for that, which took a
   * sixth of all time.
   */
  private static final class Bounded extends JinjavaNodePreProcessor {
    @Override
    public void accept(Node node, JinjavaInterpreter interpreter) {
      super.accept(node, interpreter);
      if (node instanceof TextNode text) {
        rendering(interpreter.getContext()).writes(text.getMaster().getImage().length());
      }
    }
  }

  private static JinjavaConfig config() {
    Context everything = new Jinjava().getGlobalContext();
    return JinjavaConfig.newBuilder()
        .withDisabled(
            Map.of(
                Library.TAG, others(everything.getAllTags(), TAGS),
                Library.FILTER, others(everything.getAllFilters(), PLAIN_FILTERS),
                Library.EXP_TEST, others(everything.getAllExpTests(), Set.of()),
                Library.FUNCTION,
                    everything.getAllFunctions().stream()
                        .map(ELFunctionDefinition::getName)
                        .collect(Collectors.toSet())))
        .withNestedInterpretationEnabled(false)
        .withEnableFilterChainOptimization(true)
        .withElResolver(new DataOnly())
        .withKeepTrailingNewline(true)
        .withProcessors(JinjavaProcessors.newBuilder().withNodePreProcessor(new Bounded()).build())
        .withMaxStringLength(MOST_OUTPUT)
        .withMaxRenderDepth(DEEPEST_INCLUDE)
        .withMaxListSize(10_000)
        .withMaxMapSize(10_000)
        .withLegacyOverrides(
            LegacyOverrides.newBuilder()
                .withHandleBackslashInQuotesOnly(true)
                .withUseNaturalOperatorPrecedence(true)
                .build())
        .build();
  }

  private static Set<String> others(Collection<? extends Importable> all, Set<String> wanted) {
    Set<String> names = all.stream().map(Importable::getName).collect(Collectors.toSet());
    names.removeAll(wanted);
    return names;
  }

  /** Names of all files below a sub-folder, relative to it, over all roots. */
  SortedSet<String> list(String subfolder) {
    return files.list(subfolder);
  }

  /** A file as it stands, not rendered; empty if there is none. */
  String source(String name) {
    return files.read(name).orElse("");
  }

  /** A file's name with the folder, for messages. */
  String title(String name) {
    return files.title(name);
  }

  /**
   * Renders one file.
   *
   * @param variables maps, lists, strings, numbers and booleans; no null anywhere
   * @throws TemplateException with every problem found
   */
  String render(String name, Map<String, ?> variables) {
    if (onePass == null) {
      return new Rendering(variables, null).run(name);
    }
    List<Draft> drafts = onePass.drafts(name);
    for (Draft draft : drafts) {
      Optional<String> filled = draft.filled(variables);
      if (filled.isPresent()) {
        return filled.get();
      }
    }
    String output = new Rendering(variables, null).run(name);
    if (drafts.size() < KINDS && onePass.drafting.add(name)) {
      try {
        Tracking tracking = new Tracking(variables, onePass.containers(variables.get("site")));
        // Only what comes to the same by both ways is used.
        tracking
            .draft(new Rendering(variables, tracking).run(name))
            .filter(draft -> draft.filled(variables).equals(Optional.of(output)))
            .ifPresent(drafts::add);
      } finally {
        onePass.drafting.remove(name);
      }
    }
    return output;
  }

  /**
   * Writes a text for one context, as the filter of that name does in a template.
   *
   * @throws Refusal if it does not fit
   */
  Rendered write(String filter, String text) {
    return Objects.requireNonNull(filters.get(filter), filter).write(text);
  }

  /** The variables of one rendering. */
  private static final class Variables extends Context {
    private final Rendering rendering;

    Variables(
        Rendering rendering,
        Context parent,
        Map<String, ?> variables,
        Map<Library, Set<String>> disabled) {
      super(parent, variables, disabled);
      this.rendering = rendering;
    }

    @Override
    public @Nullable Object get(Object name) {
      note(name);
      return super.get(name);
    }

    @Override
    public @Nullable Object get(Object name, @Nullable Object otherwise) {
      note(name);
      return super.get(name, otherwise);
    }

    private void note(Object name) {
      if (rendering != null && rendering.tracking != null) {
        rendering.tracking.read(String.valueOf(name));
      }
    }
  }

  /** One file with all that it includes, rendered once. */
  private final class Rendering {
    private final Deque<String> open = new ArrayDeque<>();
    private final Set<TemplateProblem> problems = new LinkedHashSet<>();
    private final Variables context;
    private final @Nullable Tracking tracking;
    private final JinjavaInterpreter interpreter;
    private long written;
    private boolean apart;

    /**
     * @param tracking watches what is read; null if nobody does
     */
    Rendering(Map<String, ?> variables, @Nullable Tracking tracking) {
      this.tracking = tracking;
      context =
          new Variables(this, jinjava().getGlobalContext(), variables, Config.SAME.getDisabled());
      context.setExpressionStrategy(new OnlyRendered());
      context.setDynamicVariableResolver(variable -> {
        throw new Refusal("'" + variable + "' is not defined");
      });
      interpreter = new JinjavaInterpreter(jinjava(), context, Config.SAME);
    }

    Draft.Filled filter(String name) {
      InContext filter = Objects.requireNonNull(filters.get(name), name);
      return value -> filter.write(value).text();
    }

    void writes(int characters) {
      written += characters;
      if (written > MOST_OUTPUT) {
        throw new Refusal(
            "more than " + MOST_OUTPUT + " characters come out; is there a loop too many?");
      }
    }

    String run(String name) {
      String output = TemplateSource.lines(file(name, 0), apart);
      if (!problems.isEmpty()) {
        throw new TemplateException(List.copyOf(problems));
      }
      return output;
    }

    /** The output of one file, begun with a line break. */
    String file(String name, int line) {
      collect();
      String text = read(name);
      if (text == null) {
        String file = open.isEmpty() ? title(name) : title(open.element());
        problems.add(new TemplateProblem(file, line, "there is no template " + title(name)));
        return "";
      }
      if (!name.endsWith(".j2")) {
        return "\n" + text;
      }
      if (open.size() >= DEEPEST_INCLUDE) {
        report(line, "templates include each other without end: " + String.join(" < ", open));
        return "";
      }
      open.push(name);
      try {
        return template(text);
      } finally {
        open.pop();
      }
    }

    private @Nullable String read(String name) {
      try {
        return files.read(name).orElse(null);
      } catch (TemplateException e) {
        problems.addAll(e.problems());
        return "";
      }
    }

    private String template(String text) {
      try {
        return interpreter.render(tree(text), false);
      } catch (InterpretException e) {
        report(e.getLineNumber() - 1, reason(e, String.valueOf(e.getMessage())));
        return "";
      } finally {
        collect();
      }
    }

    private Node tree(String text) {
      Tree known = onePass == null ? null : onePass.trees.get(text);
      if (known != null) {
        apart |= known.apart();
        return known.root();
      }
      int before = problems.size();
      String prepared = TemplateSource.prepare(text);
      Tree tree = new Tree(interpreter.parse(prepared), TemplateSource.keepsApart(prepared));
      apart |= tree.apart();
      check(tree.root());
      lengthSign(text);
      collect();
      if (onePass != null && problems.size() == before) {
        onePass.trees.put(text, tree);
      }
      return tree.root();
    }

    /** Bash's length of an array looks like the start of a comment, here as in any Jinja. */
    private void lengthSign(String text) {
      int at = text.indexOf("${#");
      if (at >= 0 && !text.contains("{% raw %}")) {
        report(
            (int) text.substring(0, at).lines().count(),
            "'${#' begins a template comment; keep it in a file without .j2, or in raw");
      }
    }

    private void check(Node node) {
      String code =
          switch (node) {
            case ExpressionNode expression -> ((ExpressionToken) expression.getMaster()).getExpr();
            case TagNode tag when !tag.getName().equals("raw") -> tag.getHelpers();
            default -> "";
          };
      int line = node.getLineNumber() - 1;
      if (node instanceof ExpressionNode) {
        String complaint = TemplateSource.complaint(code, Contexts.BY_NAME.keySet());
        if (complaint != null) {
          report(line, "{{ " + code + " }}: " + complaint);
        }
      }
      if (node instanceof TagNode tag && !TAGS.contains(tag.getName())) {
        report(line, "there is no tag '" + tag.getName() + "'");
      }
      if (node instanceof TagNode tag && tag.getName().equals("set") && !code.contains("=")) {
        report(line, "set takes a value here, not a block");
      }
      Set<String> known = new HashSet<>(PLAIN_FILTERS);
      known.addAll(Contexts.BY_NAME.keySet());
      TemplateSource.unknownFilters(code, known)
          .forEach(filter -> report(line, "there is no filter '" + filter + "'"));
      node.getChildren().forEach(this::check);
    }

    /** Takes over what jinjava noted; it knows the line, we know the file. */
    private void collect() {
      for (TemplateError error : interpreter.getErrorsCopy()) {
        report(error.getLineno() - 1, reason(error.getException(), error.getMessage()));
        interpreter.removeLastError();
      }
    }

    private static String reason(@Nullable Throwable thrown, String otherwise) {
      for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
        if (cause instanceof Refusal refusal) {
          return String.valueOf(refusal.getMessage());
        }
      }
      return otherwise.replaceAll("\\s+", " ").strip();
    }

    boolean missing(String name) {
      return read(name) == null;
    }

    void report(int line, String message) {
      problems.add(new TemplateProblem(title(open.element()), Math.max(line, 0), message));
    }
  }

  /** Writes a value for one context. */
  private static final class InContext implements Filter {
    /** In characters; what is longer is a file, and may be the same one on many nodes. */
    private static final int LONG = 500;

    /** How many texts are kept: those that differ for each node would fill the memory. */
    private static final int MOST = 1000;

    private final String name;
    private final Function<Object, String> write;
    private final @Nullable Map<String, Rendered> written;

    /**
     * @param written what long texts became before; null to write each anew
     */
    InContext(
        String name, Function<Object, String> write, @Nullable Map<String, Rendered> written) {
      this.name = name;
      this.write = write;
      this.written = written;
    }

    @Override
    public String getName() {
      return name;
    }

    @Override
    public Object filter(Object value, JinjavaInterpreter interpreter, String... arguments) {
      if (value == null) {
        throw new Refusal("there is no value to write here");
      }
      return write(value);
    }

    Rendered write(Object value) {
      if (written == null || !(value instanceof String text) || text.length() <= LONG) {
        return new Rendered(write.apply(value));
      }
      Rendered known = written.get(text);
      if (known == null) {
        known = new Rendered(write.apply(text));
        if (written.size() < MOST) {
          written.put(text, known);
        }
      }
      return known;
    }
  }

  /** Text that {@link Bounded} counts, so that jinjava need not encode it to learn its size. */
  private static final class Counted extends RenderedOutputNode {
    Counted(String text) {
      super(text);
    }

    @Override
    public long getSize() {
      return 0;
    }
  }

  /** Lets nothing into the output but what a context's filter wrote. */
  private static final class OnlyRendered implements ExpressionStrategy {
    private static final long serialVersionUID = 1;

    @Override
    public RenderedOutputNode interpretOutput(
        ExpressionToken expression, JinjavaInterpreter interpreter) {
      int line = expression.getLineNumber();
      Rendering rendering = rendering(interpreter.getContext());
      Tracking tracking = rendering.tracking;
      Object value =
          tracking == null
              ? interpreter.resolveELExpression(expression.getExpr(), line)
              : tracked(tracking, expression, rendering, interpreter);
      if (value instanceof Rendered rendered) {
        rendering.writes(rendered.text().length());
        return new Counted(rendered.text());
      }
      if (interpreter.getErrorsCopy().isEmpty()) {
        interpreter.addError(
            TemplateError.fromException(
                new InterpretException(
                    "{{ " + expression.getExpr() + " }} is not written for its context", line)));
      }
      return new RenderedOutputNode("");
    }

    /** What an expression is worth; a mark in its place if it can be written again for others. */
    private static @Nullable Object tracked(
        Tracking tracking,
        ExpressionToken expression,
        Rendering rendering,
        JinjavaInterpreter interpreter) {
      Matcher written = WRITTEN.matcher(expression.getExpr());
      Optional<List<Draft.Part>> parts =
          written.matches()
              ? tracking.parts(written.group(1), interpreter.getContext()::get)
              : Optional.empty();
      tracking.writing(parts.isPresent());
      Object value =
          interpreter.resolveELExpression(expression.getExpr(), expression.getLineNumber());
      tracking.writing(false);
      return parts.isPresent() && value instanceof Rendered rendered
          ? new Rendered(
              tracking.gap(parts.get(), rendering.filter(written.group(2)), rendered.text()))
          : value;
    }
  }

  /**
   * {@code {% include "snippets/report.sh" %}}; the name may be put together, and {@code ignore
   * missing} behind it lets it not be there.
   */
  private static final class Include implements Tag {
    private static final long serialVersionUID = 1;
    private static final String OPTIONAL = "ignore missing";

    @Override
    public String getName() {
      return "include";
    }

    @Override
    public @Nullable String getEndTagName() {
      return null;
    }

    @Override
    public String interpret(TagNode tag, JinjavaInterpreter interpreter) {
      Rendering rendering = rendering(interpreter.getContext());
      String helpers = tag.getHelpers().strip();
      boolean optional = helpers.endsWith(OPTIONAL);
      String expression =
          optional ? helpers.substring(0, helpers.length() - OPTIONAL.length()) : helpers;
      if (!(interpreter.resolveELExpression(expression, tag.getLineNumber())
          instanceof String name)) {
        rendering.report(tag.getLineNumber() - 1, "include takes the name of a template");
        return "";
      }
      if (optional && rendering.missing(name)) {
        return "";
      }
      String output = rendering.file(name, tag.getLineNumber() - 1);
      interpreter.setLineNumber(tag.getLineNumber());
      boolean ownLine = tag.getMaster().getImage().contains("\n");
      String lines = output.endsWith("\n") ? output.substring(0, output.length() - 1) : output;
      // what keeps braces apart goes where all of the output is
      return ownLine ? lines : TemplateSource.lines(lines, false);
    }
  }

  /** The one that a context belongs to; a tree that was parsed before may serve many of them. */
  private static Rendering rendering(Context context) {
    Context at = context;
    while (!(at instanceof Variables variables)) {
      at = Objects.requireNonNull(at.getParent(), "every context is below one of ours");
    }
    return variables.rendering;
  }

  /** Reads entries of maps, elements of lists and the counters of a loop; calls nothing. */
  private static final class DataOnly extends ELResolver {
    @Override
    public @Nullable Object getValue(ELContext context, Object base, Object property) {
      String name = String.valueOf(property);
      context.setPropertyResolved(true);
      Object value = value(base, name);
      Rendering rendering = rendering(JinjavaInterpreter.getCurrent().getContext());
      if (rendering.tracking != null) {
        rendering.tracking.read(
            base, base instanceof List<?> ? Integer.valueOf(name) : name, value);
      }
      return value;
    }

    private static @Nullable Object value(Object base, String name) {
      return switch (base) {
        case Map<?, ?> map when map.containsKey(name) -> map.get(name);
        case Map<?, ?> map ->
            throw new Refusal(
                "there is no '" + name + "' in {" + join(map.keySet().iterator()) + "}");
        case List<?> list when name.matches("\\d{1,5}") && Integer.parseInt(name) < list.size() ->
            list.get(Integer.parseInt(name));
        case ForLoop loop ->
            switch (name) {
              case "index" -> loop.getIndex();
              case "index0" -> loop.getIndex0();
              case "first" -> loop.isFirst();
              case "last" -> loop.isLast();
              case "length" -> loop.getLength();
              default -> throw new Refusal("loop has index, index0, first, last, length");
            };
        default -> throw new Refusal("'" + name + "' cannot be read here");
      };
    }

    private static String join(Iterator<?> names) {
      List<String> sorted = new ArrayList<>();
      names.forEachRemaining(name -> sorted.add(String.valueOf(name)));
      Collections.sort(sorted);
      return String.join(", ", sorted);
    }

    @Override
    public Object invoke(
        ELContext context,
        Object base,
        Object method,
        Class<?> @Nullable [] types,
        Object @Nullable [] arguments) {
      throw new Refusal("'" + method + "' cannot be called: templates call nothing");
    }

    @Override
    public Class<?> getType(ELContext context, Object base, Object property) {
      context.setPropertyResolved(true);
      return Object.class;
    }

    @Override
    public void setValue(ELContext context, Object base, Object property, Object value) {
      throw new Refusal("values cannot be changed");
    }

    @Override
    public boolean isReadOnly(ELContext context, Object base, Object property) {
      context.setPropertyResolved(true);
      return true;
    }

    @Override
    public @Nullable Iterator<FeatureDescriptor> getFeatureDescriptors(
        ELContext context, Object base) {
      return null;
    }

    @Override
    public Class<?> getCommonPropertyType(ELContext context, Object base) {
      return Object.class;
    }
  }
}
