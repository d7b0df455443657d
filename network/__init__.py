"""The edge: GraphQL, HTTP, settings, command line. The only room that knows Starlette and Strawberry."""
