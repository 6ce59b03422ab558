/// The commands over strings, a file each.
public enum StringCommands {
    public static let all: [DataCommand] = [get, setex, psetex]
}
