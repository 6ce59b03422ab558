/// The version that the tools print; that of the server that they belong to.
public enum ToolVersion {
    public static let text = "0.1.0"
}
