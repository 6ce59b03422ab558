/// Every data command. The server adds its own and builds its table of both.
public enum CommandCatalogue {
    public static let all: [DataCommand] =
        KeyCommands.all
        + BitmapCommands.all
        + GeoCommands.all
        + HashCommands.all
        + HyperLogLogCommands.all
        + ListCommands.all
        + SetCommands.all
        + SortedSetCommands.all
        + StreamCommands.all
        + StringCommands.all
}
