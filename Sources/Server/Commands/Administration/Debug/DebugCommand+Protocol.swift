import Bytes
import Commands
import RESP

// Replies of every kind, for the tests of clients.
extension DebugCommand {
    static let protocols: [DebugCommand] = [
        DebugCommand(
            "error", 1...1, help: ["ERROR <string>", "    Answers with an error of this text."]
        ) { arguments, session throws(CommandError) in
            session.replies.error(arguments[0])
        },
        DebugCommand(
            "protocol", 1...1,
            help: [
                "PROTOCOL <type>",
                "    Answers with a sample: string, integer, double, bignum, null, array, set, map,",
                "    attrib, push, verbatim, true or false.",
            ]
        ) { arguments, session throws(CommandError) in
            guard let sample = samples.first(where: { arguments[0].isWord($0.name) }) else {
                throw .text(
                    """
                    ERR Wrong protocol type name. Please use one of the following: \
                    string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false
                    """)
            }
            if sample.name.isText("push"), !session.replies.isVersion3 {
                throw .text("ERR RESP2 is not supported by this command")
            }
            sample.write(session.replies)
        },
    ]

    private static let samples: [(name: StaticString, write: @Sendable (ReplyWriter) -> Void)] = [
        ("string", { $0.bulk("Hello World" as StaticString) }),
        ("integer", { $0.integer(12345) }),
        ("double", { $0.double(3.141) }),
        ("bignum", { $0.bigNumber(ByteSlice("1234567999999999999999999999999999999")) }),
        ("null", { $0.null() }),
        (
            "array",
            {
                $0.array(3)
                for index in 0..<3 { $0.integer(index) }
            }
        ),
        (
            "set",
            {
                $0.set(3)
                for index in 0..<3 { $0.integer(index) }
            }
        ),
        (
            "map",
            {
                $0.map(3)
                for index in 0..<3 {
                    $0.integer(index)
                    $0.boolean(index == 1)
                }
            }
        ),
        (
            "attrib",
            {
                if $0.attribute(1) {
                    $0.bulk("key-popularity" as StaticString)
                    $0.array(2)
                    $0.bulk("key:123" as StaticString)
                    $0.integer(90)
                }
                $0.bulk("Some real reply following the attribute" as StaticString)
            }
        ),
        (
            "push",
            {
                $0.push(2)
                $0.bulk("server-cpu-usage" as StaticString)
                $0.integer(42)
                // A push is no answer; clients wait for one.
                $0.bulk("Some real reply following the push reply" as StaticString)
            }
        ),
        ("verbatim", { $0.verbatim(ByteSlice("This is a verbatim\nstring")) }),
        ("true", { $0.boolean(true) }),
        ("false", { $0.boolean(false) }),
    ]
}
