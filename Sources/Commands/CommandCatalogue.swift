/// Every data command. The server adds its own and builds its table of both.
public enum CommandCatalogue {
    public static let all: [DataCommand] = StringCommands.all + KeyCommands.all
        + HashCommands.all
    public static let all: [DataCommand] =
        KeyCommands.all
        + ListCommands.all
        + SetCommands.all
        + StringCommands.all
}
