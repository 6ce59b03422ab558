/// Why a rule of ACL SETUSER cannot be applied; the texts are Redis's.
enum AccessRuleError: Error {
    case unknownCommand
    case syntax
    case keysAfterAll
    case channelsAfterAll
    case noSuchPassword
    case badHash
    case firstArgumentOfSubcommand

    var text: StaticString {
        switch self {
        case .unknownCommand: "Unknown command or category name in ACL"
        case .syntax: "Syntax error"
        case .keysAfterAll:
            """
            Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does not \
            have any effect. Try 'resetkeys' to start with an empty list of patterns
            """
        case .channelsAfterAll:
            """
            Adding a pattern after the * pattern (or the 'allchannels' flag) is not valid and does \
            not have any effect. Try 'resetchannels' to start with an empty list of channels
            """
        case .noSuchPassword:
            "The password you are trying to remove from the user does not exist"
        case .badHash:
            """
            The password hash must be exactly 64 characters and contain only lowercase hexadecimal \
            characters
            """
        case .firstArgumentOfSubcommand: "Allowing first-arg of a subcommand is not supported"
        }
    }
}
