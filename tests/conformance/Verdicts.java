// Says of each PDF whether it keeps PDF/UA-1 and PDF/A-3a, by veraPDF's engine: a line of JSON for each file and standard.
//
//     java -cp ENGINE.jar:JAXB.jar:… Verdicts.java FILE.pdf …

import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

class Verdicts {
    static final List<PDFAFlavour> STANDARDS = List.of(PDFAFlavour.PDFUA_1, PDFAFlavour.PDFA_3_A);

    public static void main(String[] files) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        for (String file : files) {
            for (PDFAFlavour standard : STANDARDS) {
                System.out.println(verdict(file, standard));
            }
        }
    }

    static String verdict(String file, PDFAFlavour standard) throws Exception {
        try (var foundry = Foundries.defaultInstance();
             var parser = foundry.createParser(Path.of(file).toFile(), standard);
             var validator = foundry.createValidator(standard, false)) {
            ValidationResult result = validator.validate(parser);
            return "{\"file\":%s,\"standard\":%s,\"checks\":%d,\"keeps\":%b,\"broken\":[%s]}".formatted(
                quoted(file), quoted(standard.toString()), result.getTotalAssertions(), result.isCompliant(), broken(result));
        }
    }

    /** Each rule that is broken, once: its clause, what it asks, and the first place that breaks it. */
    static String broken(ValidationResult result) {
        var rules = new TreeMap<String, String>();
        for (TestAssertion told : result.getTestAssertions()) {
            if (told.getStatus() == TestAssertion.Status.FAILED) {
                String rule = told.getRuleId().getClause() + "-" + told.getRuleId().getTestNumber();
                rules.putIfAbsent(rule, rule + " " + told.getMessage() + " At " + told.getLocation().getContext());
            }
        }
        return rules.values().stream().map(Verdicts::quoted).collect(Collectors.joining(","));
    }

    static String quoted(String text) {
        var said = new StringBuilder("\"");
        for (char letter : text.toCharArray()) {
            boolean plain = letter >= ' ' && letter <= '~' && letter != '"' && letter != '\\';
            said.append(plain ? String.valueOf(letter) : "\\u%04x".formatted((int) letter));
        }
        return said.append('"').toString();
    }
}
