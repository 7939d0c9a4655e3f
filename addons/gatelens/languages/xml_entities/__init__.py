"""XML that reaches beyond itself: entities, inclusions and stylesheets in a document that is sent as a value."""
