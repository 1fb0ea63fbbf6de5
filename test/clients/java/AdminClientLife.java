import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.core.Response;
import org.keycloak.admin.client.CreatedResponseUtil;
import org.keycloak.admin.client.Keycloak;
import org.keycloak.admin.client.KeycloakBuilder;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.representations.idm.AuthenticationExecutionInfoRepresentation;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ClientScopeRepresentation;
import org.keycloak.representations.idm.ComponentRepresentation;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.EventRepresentation;
import org.keycloak.representations.idm.GroupRepresentation;
import org.keycloak.representations.idm.IdentityProviderRepresentation;
import org.keycloak.representations.idm.PartialImportRepresentation;
import org.keycloak.representations.idm.ProtocolMapperRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.representations.idm.RoleRepresentation;
import org.keycloak.representations.idm.UserRepresentation;
import org.keycloak.representations.idm.UserSessionRepresentation;
import org.keycloak.util.JsonSerialization;

/** A realm's life through the Java admin client. Argument: the base URL. Prints `ok - sentence` for each step. */
public final class AdminClientLife {
  private static final String NAME = "life-java";
  private static int failed = 0;
  private static String clientId;
  private static String userId;
  private static String groupId;
  private static String scopeId;

  private interface Step {
    void run() throws Exception;
  }

  private static void step(String sentence, Step work) {
    try {
      work.run();
      System.out.println("ok - " + sentence);
    } catch (Throwable error) {
      failed++;
      String body = "";
      if (error instanceof jakarta.ws.rs.WebApplicationException web && web.getResponse().hasEntity()) {
        body = web.getResponse().readEntity(String.class);
      }
      System.out.println("not ok - " + sentence + ": " + error.toString().replace('\n', ' ') + " " + body);
      error.printStackTrace(System.out);
    }
  }

  private static void check(boolean holds, Object said) {
    if (!holds) throw new AssertionError(String.valueOf(said));
  }

  private static void same(Object is, Object wanted) {
    check(wanted.equals(is), is + " instead of " + wanted);
  }

  private static String made(Response response) {
    try (response) {
      return CreatedResponseUtil.getCreatedId(response);
    }
  }

  private static int refusal(Callable<?> work) throws Exception {
    try {
      work.call();
      return 0;
    } catch (ClientErrorException error) {
      return error.getResponse().getStatus();
    }
  }

  public static void main(String[] args) throws Exception {
    String url = args[0];
    Keycloak keycloak =
        KeycloakBuilder.builder().serverUrl(url).realm("master").username("admin").password("admin").clientId("admin-cli").build();
    RealmResource realm = keycloak.realm(NAME);

    step("a realm is made, changed and listed", () -> {
      RealmRepresentation rep = new RealmRepresentation();
      rep.setRealm(NAME);
      rep.setEnabled(true);
      keycloak.realms().create(rep);
      RealmRepresentation read = realm.toRepresentation();
      read.setDisplayName("Life");
      read.setAdminEventsEnabled(true);
      read.setEventsEnabled(true);
      realm.update(read);
      same(realm.toRepresentation().getDisplayName(), "Life");
      check(keycloak.realms().findAll().stream().anyMatch(one -> NAME.equals(one.getRealm())), "listed");
      same(refusal(() -> {
        keycloak.realms().create(rep);
        return null;
      }), 409);
      check(keycloak.serverInfo().getInfo().getSystemInfo().getVersion() != null, "server info");
      check(realm.keys().getKeyMetadata().getActive().containsKey("RS256"), "keys");
    });

    step("a client reads back as it was written", () -> {
      ClientRepresentation client = new ClientRepresentation();
      client.setClientId("machine");
      client.setServiceAccountsEnabled(true);
      client.setDirectAccessGrantsEnabled(true);
      client.setRedirectUris(List.of("https://app.example/*"));
      clientId = made(realm.clients().create(client));
      ClientRepresentation read = realm.clients().get(clientId).toRepresentation();
      realm.clients().get(clientId).update(read);
      same(JsonSerialization.writeValueAsString(realm.clients().get(clientId).toRepresentation()), JsonSerialization.writeValueAsString(read));
      same(realm.clients().findByClientId("machine").size(), 1);
      check(realm.clients().get(clientId).getSecret().getValue() != null, "secret");
      same(realm.clients().get(clientId).getServiceAccountUser().getUsername(), "service-account-machine");
    });

    step("client scopes, mappers and scope mappings", () -> {
      ClientScopeRepresentation scope = new ClientScopeRepresentation();
      scope.setName("register");
      scope.setProtocol("openid-connect");
      scopeId = made(realm.clientScopes().create(scope));
      ProtocolMapperRepresentation mapper = new ProtocolMapperRepresentation();
      mapper.setName("drfo");
      mapper.setProtocol("openid-connect");
      mapper.setProtocolMapper("oidc-usermodel-attribute-mapper");
      mapper.setConfig(Map.of("user.attribute", "drfo", "claim.name", "drfo", "access.token.claim", "true", "jsonType.label", "String"));
      made(realm.clientScopes().get(scopeId).getProtocolMappers().createMapper(mapper));
      same(realm.clientScopes().get(scopeId).getProtocolMappers().getMappers().size(), 1);
      realm.clients().get(clientId).addDefaultClientScope(scopeId);
      check(realm.clients().get(clientId).getDefaultClientScopes().stream().anyMatch(one -> "register".equals(one.getName())), "linked");
    });

    step("realm and client roles, composites, scope mappings", () -> {
      realm.roles().create(new RoleRepresentation("reader", "Reads", false));
      realm.roles().create(new RoleRepresentation("writer", "Writes", false));
      RoleRepresentation reader = realm.roles().get("reader").toRepresentation();
      realm.roles().get("writer").addComposites(List.of(reader));
      same(realm.roles().get("writer").getRealmRoleComposites().size(), 1);
      check(realm.roles().get("writer").toRepresentation().isComposite(), "composite");
      realm.clients().get(clientId).roles().create(new RoleRepresentation("operate", null, false));
      same(realm.clients().get(clientId).roles().list("oper", true).size(), 1);
      realm.clientScopes().get(scopeId).getScopeMappings().realmLevel().add(List.of(reader));
      same(realm.clientScopes().get(scopeId).getScopeMappings().realmLevel().listAll().size(), 1);
      same(refusal(() -> realm.roles().get("nobody").toRepresentation()), 404);
    });

    step("groups with children and roles", () -> {
      GroupRepresentation staff = new GroupRepresentation();
      staff.setName("staff");
      staff.setAttributes(Map.of("floor", List.of("3")));
      groupId = made(realm.groups().add(staff));
      GroupRepresentation night = new GroupRepresentation();
      night.setName("night");
      realm.groups().group(groupId).subGroup(night).close();
      same(realm.getGroupByPath("/staff/night").getName(), "night");
      same(realm.groups().group(groupId).getSubGroups(0, 10, false).size(), 1);
      realm.groups().group(groupId).roles().realmLevel().add(List.of(realm.roles().get("reader").toRepresentation()));
      same(realm.groups().group(groupId).roles().realmLevel().listAll().size(), 1);
      same(realm.groups().count().get("count"), 2L);
    });

    step("a person with password, roles and groups", () -> {
      UserRepresentation user = new UserRepresentation();
      user.setUsername("olena");
      user.setEmail("olena@example.org");
      user.setFirstName("Олена");
      user.setLastName("Test");
      user.setEnabled(true);
      user.setEmailVerified(true);
      userId = made(realm.users().create(user));
      same(realm.users().create(user).getStatus(), 409);
      CredentialRepresentation password = new CredentialRepresentation();
      password.setType(CredentialRepresentation.PASSWORD);
      password.setValue("Secret-42!");
      password.setTemporary(false);
      realm.users().get(userId).resetPassword(password);
      same(realm.users().get(userId).credentials().size(), 1);
      realm.users().get(userId).roles().realmLevel().add(List.of(realm.roles().get("writer").toRepresentation()));
      check(realm.users().get(userId).roles().realmLevel().listEffective().stream().anyMatch(one -> "reader".equals(one.getName())), "effective");
      realm.users().get(userId).joinGroup(groupId);
      same(realm.users().get(userId).groups().get(0).getPath(), "/staff");
      same(realm.groups().group(groupId).members().size(), 1);
      same(realm.users().search("ole", 0, 10).size(), 1);
      same(realm.users().searchByEmail("olena@example.org", true).size(), 1);
      same(realm.users().count(), 1);
      UserRepresentation read = realm.users().get(userId).toRepresentation();
      read.setLastName("Changed");
      realm.users().get(userId).update(read);
      same(realm.users().get(userId).toRepresentation().getLastName(), "Changed");
      check(realm.users().userProfile().getConfiguration().getAttribute("username") != null, "profile");
    });

    step("a session is seen and ended", () -> {
      String secret = realm.clients().get(clientId).getSecret().getValue();
      try (Keycloak person = KeycloakBuilder.builder()
          .serverUrl(url).realm(NAME).username("olena").password("Secret-42!").clientId("machine").clientSecret(secret).build()) {
        check(person.tokenManager().getAccessTokenString() != null, "token");
        List<UserSessionRepresentation> sessions = realm.users().get(userId).getUserSessions();
        same(sessions.size(), 1);
        same(realm.clients().get(clientId).getUserSessions(0, 10).size(), 1);
        realm.users().get(userId).logout();
        same(realm.users().get(userId).getUserSessions().size(), 0);
      }
    });

    step("a copied flow is edited", () -> {
      realm.flows().copy("browser", Map.of("newName", "browser copy")).close();
      List<AuthenticationExecutionInfoRepresentation> executions = realm.flows().getExecutions("browser copy");
      AuthenticationExecutionInfoRepresentation cookie =
          executions.stream().filter(one -> "auth-cookie".equals(one.getProviderId())).findFirst().orElseThrow();
      cookie.setRequirement("DISABLED");
      realm.flows().updateExecutions("browser copy", cookie);
      same(realm.flows().getExecutions("browser copy").stream().filter(one -> cookie.getId().equals(one.getId())).findFirst().orElseThrow()
          .getRequirement(), "DISABLED");
      realm.flows().addExecution("browser copy", Map.of("provider", "auth-otp-form"));
      check(realm.flows().getRequiredActions().size() > 5, "required actions");
    });

    step("identity providers and components", () -> {
      IdentityProviderRepresentation idp = new IdentityProviderRepresentation();
      idp.setAlias("partner");
      idp.setProviderId("oidc");
      idp.setConfig(Map.of("clientId", "a", "clientSecret", "b", "authorizationUrl", "https://i.example/a", "tokenUrl", "https://i.example/t"));
      same(realm.identityProviders().create(idp).getStatus(), 201);
      same(realm.identityProviders().get("partner").toRepresentation().getConfig().get("clientId"), "a");
      realm.identityProviders().get("partner").remove();
      ComponentRepresentation component = new ComponentRepresentation();
      component.setName("ec");
      component.setProviderId("ecdsa-generated");
      component.setProviderType("org.keycloak.keys.KeyProvider");
      String componentId = made(realm.components().add(component));
      check(realm.components().query(realm.toRepresentation().getId(), "org.keycloak.keys.KeyProvider").size() > 4, "components");
      realm.components().component(componentId).remove();
    });

    step("events tell what happened", () -> {
      List<EventRepresentation> logins = realm.getEvents(List.of("LOGIN"), null, userId, null, null, null, 0, 10);
      same(logins.size(), 1);
      check(realm.getAdminEvents().stream().anyMatch(one -> "USER".equals(one.getResourceType())), "admin events");
    });

    step("partial export and import", () -> {
      RealmRepresentation exported = realm.partialExport(true, true);
      check(exported.getClients().stream().anyMatch(one -> "machine".equals(one.getClientId())), "clients");
      PartialImportRepresentation partial = new PartialImportRepresentation();
      UserRepresentation user = new UserRepresentation();
      user.setUsername("imported");
      partial.setUsers(List.of(user));
      partial.setIfResourceExists("FAIL");
      same(realm.partialImport(partial).getStatus(), 200);
      same(realm.users().count(), 2);
    });

    step("everything goes away again", () -> {
      realm.users().delete(userId).close();
      realm.groups().group(groupId).remove();
      realm.roles().deleteRole("writer");
      realm.clients().get(clientId).remove();
      realm.clientScopes().get(scopeId).remove();
      realm.remove();
      try {
        realm.toRepresentation();
        check(false, "the realm is still there");
      } catch (NotFoundException expected) {
        same(expected.getResponse().getStatus(), 404);
      }
    });

    keycloak.close();
    System.exit(failed == 0 ? 0 : 1);
  }
}
