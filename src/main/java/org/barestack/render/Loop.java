package org.barestack.render;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.JinjavaInterpreter.InterpreterScopeClosable;
import com.hubspot.jinjava.lib.tag.ForTag;
import com.hubspot.jinjava.tree.ExpressionNode;
import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.TagNode;
import com.hubspot.jinjava.tree.TextNode;
import com.hubspot.jinjava.tree.parse.ExpressionToken;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ObjIntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code for} in one pass over many nodes. A body that holds nothing but text and the element,
 * written by filters, is written once for equal elements: most of what nodes are sent is the same
 * files.
 */
final class Loop extends ForTag {
  private static final long serialVersionUID = 1;

  /**
   * Of one loop. Files that are some node's own would otherwise pile up, and never be asked for.
   */
  private static final int MOST_ELEMENTS = 1000;

  private static final Pattern HEAD = Pattern.compile("\\s*(\\w+)\\s+in\\s+(\\S+)\\s*");

  private final transient ObjIntConsumer<JinjavaInterpreter> writes;
  private final transient Map<TagNode, Optional<Plain>> loops = new ConcurrentHashMap<>();

  /** A loop whose body depends on the element alone. */
  private record Plain(String variable, String list, Map<Object, String> outputs) {}

  /**
   * @param writes is told how many characters come out without being rendered
   */
  Loop(ObjIntConsumer<JinjavaInterpreter> writes) {
    this.writes = writes;
  }

  @Override
  public String interpret(TagNode tag, JinjavaInterpreter interpreter) {
    Plain loop = loops.computeIfAbsent(tag, Loop::plain).orElse(null);
    if (loop == null
        || !(interpreter.resolveELExpression(loop.list(), tag.getLineNumber())
            instanceof List<?> elements)) {
      return super.interpret(tag, interpreter);
    }
    List<String> texts = new ArrayList<>();
    for (Object element : elements) {
      String known = loop.outputs().get(element);
      if (known == null) {
        known = body(tag, loop.variable(), element, interpreter);
        if (loop.outputs().size() < MOST_ELEMENTS && interpreter.getErrorsCopy().isEmpty()) {
          loop.outputs().put(element, known);
        }
      } else {
        writes.accept(interpreter, known.length());
      }
      texts.add(known);
    }
    return String.join("", texts);
  }

  private static String body(
      TagNode tag, String variable, Object element, JinjavaInterpreter interpreter) {
    StringBuilder text = new StringBuilder();
    try (InterpreterScopeClosable _ = interpreter.enterNonStackingScope()) {
      interpreter.getContext().put(variable, element);
      tag.getChildren().forEach(child -> text.append(child.render(interpreter).getValue()));
    }
    return text.toString();
  }

  private static Optional<Plain> plain(TagNode tag) {
    Matcher head = HEAD.matcher(tag.getHelpers());
    if (!head.matches()) {
      return Optional.empty();
    }
    Pattern ofTheElement =
        Pattern.compile("\\s*" + head.group(1) + "(\\.\\w+)*\\s*(\\|\\s*\\w+\\s*)+");
    return tag.getChildren().stream().allMatch(child -> isOf(ofTheElement, child))
        ? Optional.of(new Plain(head.group(1), head.group(2), new ConcurrentHashMap<>()))
        : Optional.empty();
  }

  private static boolean isOf(Pattern expressions, Node child) {
    return child instanceof TextNode
        || (child instanceof ExpressionNode expression
            && expressions.matcher(((ExpressionToken) expression.getMaster()).getExpr()).matches());
  }
}
