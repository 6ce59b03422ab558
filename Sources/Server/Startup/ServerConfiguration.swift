import Configuration

/// The settings in force, and where they came from.
struct ServerConfiguration {
    var settings: Settings
    /// What was read at start, for CONFIG REWRITE.
    let loaded: LoadedConfiguration
    /// The absolute path of the configuration file.
    let file: String?

    init(_ loaded: LoadedConfiguration, file: String?) {
        self.settings = loaded.settings
        self.loaded = loaded
        self.file = file
    }
}
