package org.barestack.kickstart;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All commands and sections that a release knows. */
final class Grammar {
  private final Map<String, Command> commands;
  private final Map<String, Section> sections;

  private Grammar(Map<String, Command> commands, Map<String, Section> sections) {
    this.commands = Map.copyOf(commands);
    this.sections = Map.copyOf(sections);
  }

  static Grammar of(List<Command> commands, List<Section> sections) {
    Map<String, Command> byName = new LinkedHashMap<>();
    commands.forEach(command -> byName.put(command.name(), command));
    Map<String, Section> byOpening = new LinkedHashMap<>();
    sections.forEach(section -> byOpening.put(section.opening(), section));
    return new Grammar(byName, byOpening);
  }

  /** The same with commands and sections in the place of those of the same name, or added. */
  Grammar with(List<Command> changed, List<Section> others) {
    List<Command> allCommands = new ArrayList<>(commands.values());
    allCommands.addAll(changed);
    List<Section> allSections = new ArrayList<>(sections.values());
    allSections.addAll(others);
    return of(allCommands, allSections);
  }

  Optional<Command> command(String name) {
    return Optional.ofNullable(commands.get(name));
  }

  Optional<Section> section(String opening) {
    return Optional.ofNullable(sections.get(opening));
  }

  Map<String, Command> commands() {
    return commands;
  }

  Map<String, Section> sections() {
    return sections;
  }
}
