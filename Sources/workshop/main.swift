import Configuration
import Server

// Writes the documents that are derived from declarations. To bring one up to date:
//
//     swift run workshop reference directives > docs/reference/directives.md
//     swift run workshop reference info > docs/reference/info.md

switch CommandLine.arguments.dropFirst().joined(separator: " ") {
case "reference directives": print(DirectiveReference.markdown, terminator: "")
case "reference info": print(InfoReference.markdown, terminator: "")
default: print("usage: workshop reference directives|info")
}
