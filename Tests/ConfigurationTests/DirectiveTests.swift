import Bytes
import Foundation
import Testing

@testable import Configuration

@Suite struct DirectiveTests {
    @Test func everyDefaultIsTakenBackAsItIsWritten() throws {
        for directive in Directive.all {
            let lines = directive.place.lines(Settings()).map { "\(directive.name) \($0.text)" }
            let files = Files(contents: ["main": lines.joined(separator: "\n")])
            let settings = try files.load(["main"]).settings
            #expect(directive.isDefault(in: settings), "\(directive.name)")
        }
    }

    @Test func everyDirectiveIsFoundByAllItsNames() {
        #expect(Directive.all.count > 185)
        for directive in Directive.all {
            #expect(!directive.summary.isEmpty)
            #expect(directive.summary.hasSuffix("."), "\(directive.name)")
            for name in [directive.name] + directive.aliases {
                #expect(Directive.named(ByteString(name.uppercased()))?.name == directive.name)
            }
        }
        #expect(Directive.named("no-such-thing") == nil)
    }

    @Test func wordsAreCountedUnlessSeveralAreTaken() {
        var settings = Settings()
        let port = Directive.named("port")
        #expect(throws: RefusedValue("wrong number of arguments")) {
            try port?.set([], in: &settings)
        }
        #expect(throws: RefusedValue("wrong number of arguments")) {
            try port?.set(["1", "2"], in: &settings)
        }
        #expect(settings.network.port == 6379)
    }

    @Test func whatHasNoEffectIsSaidOnlyWhenItIsSet() throws {
        #expect(try Files().load([]).warnings.isEmpty)
        let loaded = try Files().load([
            "--cluster-enabled", "yes", "--requirepass", "x",
            "--client-output-buffer-limit", "pubsub", "1", "1", "1", "--user", "joe", "on",
            "--lua-replicate-commands", "no", "--activedefrag", "yes",
        ])
        #expect(
            loaded.warnings == [
                "'lua-replicate-commands' is set and has no effect: it is out of use",
                "'activedefrag' is set and has no effect: the allocator does not tell which values are "
                    + "worth moving",
                "'client-output-buffer-limit' is set and has only part of its effect: there are no "
                    + "replicas",
                "'cluster-enabled' is set and has no effect: comes with cluster mode",
            ])
    }

    @Test func theReferencePageIsUpToDate() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(
            contentsOf: root.appending(path: "docs/reference/directives.md"), encoding: .utf8)
        #expect(
            page == DirectiveReference.markdown,
            "run: swift run workshop reference directives > docs/reference/directives.md")
    }
}
