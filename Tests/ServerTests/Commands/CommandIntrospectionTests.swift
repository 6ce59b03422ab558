import Bytes
import Commands
import Testing

@testable import Server

@Suite struct CommandIntrospectionTests {
    private let table = CommandTable(CommandCatalogue.all, SessionCommands.all)

    private func keys(_ line: String) -> String {
        do throws(CommandError) {
            return try withWords(line) { (words) throws(CommandError) in
                try table.keyPositions(in: words).map { position in
                    let names = KeySpecification.names(of: position.use).map { "\($0)" }
                    return "\(words[position.index].text):\(names.joined(separator: "+"))"
                }.joined(separator: " ")
            }
        } catch {
            return error.withText { $0.text }
        }
    }

    @Test(arguments: [
        ("get a", "a:RO+access"), ("set a 1", "a:OW+update"),
        ("set a 1 ex 5 GET", "a:RW+access+update"), ("set get get", "get:OW+update"),
        ("mset a 1 b 2", "a:OW+update b:OW+update"),
        ("del a b c", "a:RM+delete b:RM+delete c:RM+delete"),
        ("rename a b", "a:RW+access+delete b:OW+update"), ("object freq a", "a:RO"),
        ("memory usage a", "a:RO"), ("MeMoRy UsAgE a samples 5", "a:RO"),
    ])
    func keysOfRequests(_ line: String, _ expected: String) {
        #expect(keys(line) == expected)
    }

    @Test(arguments: [
        ("nosuch a", "ERR Invalid command specified"),
        ("object nosuch a", "ERR Invalid command specified"),
        ("ping a", "ERR The command has no key arguments"),
        ("get", "ERR Invalid number of arguments specified for command"),
        ("get a b", "ERR Invalid number of arguments specified for command"),
    ])
    func requestsWithoutKeys(_ line: String, _ expected: String) {
        #expect(keys(line) == expected)
    }

    @Test func aBarNamesASubcommand() throws {
        let found = withWords("client|kill CLIENT|KILL client|nosuch ping|x client|") { words in
            (0..<words.count).map { table.find(path: words[$0])?.value.fullName }
        }
        #expect(found == ["client|kill", "client|kill", nil, nil, nil])
    }

    @Test func everyCommandIsDocumented() {
        for command in table.commands {
            let docs = command.value.declaration.docs
            #expect(docs.summary.utf8CodeUnitCount > 0, "\(command.value.fullName)")
            #expect(docs.since.utf8CodeUnitCount > 0, "\(command.value.fullName)")
            let takesArguments =
                command.value.declaration.arity > (command.value.container == nil ? 1 : 2)
            #expect(
                !takesArguments || !docs.arguments.isEmpty,
                "\(command.value.fullName) takes arguments and names none")
        }
    }

    @Test func aCommandWithoutANameIsNotListed() {
        let table = CommandTable(CommandCatalogue.all, SessionCommands.all)
        let before = table.topLevel.count
        let outcome = withWords("object fetch get") { words in
            (table.rename(words[0], to: words[0][..<0]), table.rename(words[2], to: words[1]))
        }
        #expect(outcome == (true, true))
        #expect(table.topLevel.count == before - 1)
        #expect(
            table.commands.filter { !table.isReachable($0) }.map { $0.value.fullName }
                .allSatisfy { $0.hasPrefix("object") })
        #expect(withWords("object|freq") { table.find(path: $0[0]) } == nil)
        #expect(withWords("fetch") { table.find(path: $0[0])?.value.fullName } == "get")
    }

    @Test func filtersOfTheList() throws {
        func count(_ line: String) throws -> Int {
            try withWords(line) { words in
                let filter = try CommandFilter(words)
                return table.commands.count {
                    filter.matches($0.value.declaration, name: $0.value.fullName)
                }
            }
        }
        #expect(try count("") == table.commands.count)
        #expect(try count("filterby module x") == 0)
        #expect(try count("filterby aclcat nosuch") == 0)
        #expect(try count("filterby aclcat transaction") >= 5)
        #expect(try count("filterby pattern GETR*") == 1)
        #expect(throws: CommandError.self) { try count("filterby color red") }
        #expect(throws: CommandError.self) { try count("filterby pattern") }
    }
}
