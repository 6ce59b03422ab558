/// Every data command. The server adds its own and builds its table of both.
public enum CommandCatalogue {
    public static let all: [DataCommand] = StringCommands.all + KeyCommands.all
        + SetCommands.all
}
