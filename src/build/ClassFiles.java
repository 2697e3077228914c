import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.ConstantPoolSharingOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * Writes the classes of libraries that were compiled for Java 5 in the form of Java 8, with stack
 * maps. The code stays what it is. The JVM's ahead-of-time cache takes no older classes, and to
 * verify them at each start takes longer than most of what a command does (picocli's main class
 * alone a tenth of a second).
 *
 * <p>Usage: {@code java ClassFiles.java JAR...}
 */
final class ClassFiles {
  /** Java 6 was the first with stack maps. */
  private static final int WITH_STACK_MAPS = 50;

  private static final int JAVA_8 = 52;

  private ClassFiles() {}

  public static void main(String[] jars) throws IOException {
    URL[] urls = new URL[jars.length];
    for (int i = 0; i < jars.length; i++) {
      urls[i] = Path.of(jars[i]).toUri().toURL();
    }
    try (URLClassLoader libraries = new URLClassLoader(urls)) {
      ClassFile files =
          ClassFile.of(
              ConstantPoolSharingOption.NEW_POOL,
              StackMapsOption.GENERATE_STACK_MAPS,
              ClassHierarchyResolverOption.of(
                  ClassHierarchyResolver.ofResourceParsing(libraries)
                      .orElse(ClassHierarchyResolver.defaultResolver())));
      for (String jar : jars) {
        write(Path.of(jar), files);
      }
    }
  }

  private static void write(Path jar, ClassFile files) throws IOException {
    int changed = 0;
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(jar));
        ZipOutputStream out = new ZipOutputStream(octets)) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        byte[] content = in.readAllBytes();
        if (isOld(entry.getName(), content)) {
          content = files.transformClass(files.parse(content), NEWER);
          changed++;
        }
        ZipEntry same = new ZipEntry(entry.getName());
        same.setTime(entry.getTime());
        out.putNextEntry(same);
        out.write(content);
      }
    }
    if (changed > 0) {
      // A program that runs keeps the one that it has open.
      Path beside = jar.resolveSibling(jar.getFileName() + ".new");
      Files.write(beside, octets.toByteArray());
      Files.move(beside, jar, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private static boolean isOld(String name, byte[] content) {
    return name.endsWith(".class")
        && content.length > 8
        && ((content[6] & 255) << 8 | content[7] & 255) < WITH_STACK_MAPS;
  }

  /** Stack maps are made for code that is written anew only. */
  private static final ClassTransform NEWER =
      ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL)
          .andThen(ClassTransform.dropping(element -> element instanceof ClassFileVersion))
          .andThen(ClassTransform.endHandler(written -> written.withVersion(JAVA_8, 0)));
}
