import { Text } from '@mantine/core';
import { Route, Switch } from 'wouter';
import { EndpointsPage } from './endpoints/endpoints-page.js';
import { EventPage } from './events/event-page.js';
import { EventsPage } from './events/events-page.js';
import { Page } from './layout/page.js';
import { NotificationPage } from './notifications/notification-page.js';
import { NotificationsPage } from './notifications/notifications-page.js';
import { OverviewPage } from './overview/overview-page.js';
import { PaymentPage } from './payments/payment-page.js';
import { PaymentsPage } from './payments/payments-page.js';
import { RefusedPage } from './refused/refused-page.js';
import { SourcesPage } from './sources/sources-page.js';

export function Pages() {
  return (
    <Switch>
      <Route path="/" component={OverviewPage} />
      <Route path="/payments" component={PaymentsPage} />
      <Route path="/payments/:id">{({ id }) => <PaymentPage id={id} />}</Route>
      <Route path="/events" component={EventsPage} />
      <Route path="/events/:id">{({ id }) => <EventPage id={id} />}</Route>
      <Route path="/notifications" component={NotificationsPage} />
      <Route path="/notifications/:id">{({ id }) => <NotificationPage id={id} />}</Route>
      <Route path="/endpoints" component={EndpointsPage} />
      <Route path="/refused" component={RefusedPage} />
      <Route path="/sources" component={SourcesPage} />
      <Route>
        <Page title="Not found">
          <Text>Nothing is at this address. Choose a page of the menu.</Text>
        </Page>
      </Route>
    </Switch>
  );
}
